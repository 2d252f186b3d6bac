import sys

from scoring import total

for line in sys.stdin:
    print(total(line.strip()))
