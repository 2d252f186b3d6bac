from itertools import permutations

rows = int(input())
for columns in permutations(range(1, rows + 1)):
    if len({row + column for row, column in enumerate(columns)}) == rows == len({row - column for row, column in enumerate(columns)}):
        print(*columns)
        break
