"""Checks an input: the amount and the number of values, then the values; `--amount` bounds the amount."""

import re
import sys

most = int(sys.argv[sys.argv.index("--amount") + 1]) if "--amount" in sys.argv else 100_000
text = sys.stdin.read()
numbers = list(map(int, text.split())) if re.fullmatch(r"\d+ \d+\n\d+( \d+)*\n", text) else []
if not numbers:
    sys.exit(43)
amount, count, *values = numbers
good = 1 <= amount <= most and count == len(set(values)) == len(values) <= 10
sys.exit(42 if good and all(1 <= value <= 100_000 for value in values) else 43)
