# expect: Accepted
# expected: 5000050000\n
import sys
import threading

threading.stack_size(1 << 28)
sys.setrecursionlimit(1 << 20)


def depth(n):
    return 0 if n == 0 else n + depth(n - 1)


thread = threading.Thread(target=lambda: print(depth(100_000)))
thread.start()
thread.join()
