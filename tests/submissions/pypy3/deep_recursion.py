# expect: Accepted
# expected: 5000050000\n
import sys

sys.setrecursionlimit(200_000)


def depth(n):
    return 0 if n == 0 else n + depth(n - 1)


print(depth(100_000))
