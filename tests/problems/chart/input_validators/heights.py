"""Checks an input: a count, and so many heights."""

import re
import sys

text = sys.stdin.read()
numbers = list(map(int, text.split())) if re.fullmatch(r"\d+\n\d+( \d+)*\n", text) else [0]
count, *heights = numbers
sys.exit(42 if 1 <= count == len(heights) <= 1000 and max(heights) <= 1000 else 43)
