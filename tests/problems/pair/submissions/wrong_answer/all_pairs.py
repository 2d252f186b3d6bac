from itertools import combinations

count, total = map(int, input().split())
numbers = list(map(int, input().split()))
for i, j in combinations(range(count), 2):
    if numbers[i] + numbers[j] == total:
        print(i + 1, j + 1)
        print(j + 1, i + 1)
