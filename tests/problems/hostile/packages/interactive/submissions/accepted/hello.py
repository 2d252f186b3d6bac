import sys

print("hello", flush=True)
sys.stdin.buffer.readline(100)
