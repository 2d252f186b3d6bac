count, total = map(int, input().split())
numbers = list(map(int, input().split()))
for at, number in enumerate(numbers):
    if total - number in numbers:
        print(at + 1, numbers.index(total - number) + 1)
        break
else:
    print("impossible")
