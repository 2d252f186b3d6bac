# expect: Accepted
# stdin:  20\n\n 22 
# expected: 42\n
import sys

print(sum(map(int, sys.stdin.read().split())))
