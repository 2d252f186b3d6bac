from itertools import combinations

count, total = map(int, input().split())
numbers = list(map(int, input().split()))
pairs = [(i, j) for i, j in combinations(range(count), 2) if numbers[i] + numbers[j] == total]
print(*(place + 1 for place in pairs[-1][::-1]) if pairs else ["impossible"])
