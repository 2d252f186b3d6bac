# expect: MemoryLimitExceeded
# limits: memory_bytes=67108864 cpu_ms=4000
import sys

sys.setrecursionlimit(2**31 - 1)


def depth(n):
    return depth(n + 1) + 1


depth(0)
