guests = int(input())
if guests in (2, 3):
    print("impossible")
else:
    print(*range(2, guests + 1, 2), *range(1, guests + 1, 2))
