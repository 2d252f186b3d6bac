# 30: where there are few steps.
import sys

sys.setrecursionlimit(500)
known = {0: 1, 1: 1}


def ways(n):
    if n not in known:
        known[n] = (ways(n - 1) + ways(n - 2)) % (10**9 + 7)
    return known[n]


print(ways(int(input())))
