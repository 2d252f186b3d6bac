input()
a = b = 0
for weight in map(int, input().split()):
    if a <= b:
        a += weight
        print("A", end="")
    else:
        b += weight
        print("B", end="")
print()
