guests = int(input())
print(*range(2, guests, 2), *range(1, guests, 2))
