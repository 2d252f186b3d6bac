import sys

from values import VALUES

for line in sys.stdin:
    print(sum(VALUES[letter] for letter in line.strip()) + ("j" in line))
