count, total = map(int, input().split())
numbers = list(map(int, input().split()))
i, j = next((i, j) for i in range(count) for j in range(i) if numbers[i] + numbers[j] == total)
print(i + 1, j + 1)
