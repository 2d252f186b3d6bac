"""Checks an input: at most 1000 lines of two whole numbers from 0 to 10^15."""

import re
import sys

text = sys.stdin.read()
lines = text.splitlines()
good = all(re.fullmatch(r"(0|[1-9]\d*) (0|[1-9]\d*)", line) for line in lines)
small = all(int(number) <= 10**15 for line in lines for number in line.split())
sys.exit(42 if good and small and text.endswith("\n") and len(lines) <= 1000 else 43)
