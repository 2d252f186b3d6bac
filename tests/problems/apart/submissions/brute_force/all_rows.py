from itertools import permutations

guests = int(input())
for row in permutations(range(1, guests + 1)):
    if all(abs(left - right) > 1 for left, right in zip(row, row[1:])):
        print(*row)
        break
else:
    print("impossible")
