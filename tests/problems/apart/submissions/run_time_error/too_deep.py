import sys

sys.setrecursionlimit(500)


def rows(row, left):
    if not left:
        return row
    for guest in sorted(left, key=lambda guest: -abs(guest - (row or [0])[-1])):
        if not row or abs(row[-1] - guest) > 1:
            if found := rows(row + [guest], left - {guest}):
                return found
    return None


guests = int(input())
print(*(rows([], set(range(1, guests + 1))) or ["impossible"]))
