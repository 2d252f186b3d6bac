# expect: JudgeError|TimeLimitExceeded
# Each waits for the other, and nobody can tell whose turn it is.
import sys
import time

sys.stdin.buffer.readline(100)
time.sleep(3600)
