"""Checks an input: four numbers, the last of which is greater than the others and 2^25 at most."""

import re
import sys

text = sys.stdin.read()
numbers = list(map(int, text.split())) if re.fullmatch(r"\d+ \d+ \d+ \d+\n", text) else []
sys.exit(42 if numbers and max(numbers[:3]) < numbers[3] <= 2**25 else 43)
