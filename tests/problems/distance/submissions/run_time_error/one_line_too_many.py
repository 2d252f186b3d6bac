import sys

lines = sys.stdin.read().splitlines()
for number in range(len(lines) + 1):
    a, b = map(int, lines[number].split())
    print(abs(a - b))
