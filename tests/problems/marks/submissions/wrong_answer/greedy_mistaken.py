n = int(input())
print(*(mark for mark in range(1, n + 1) if mark % 3 != 0))
