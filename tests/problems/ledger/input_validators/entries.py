"""Checks an input: numbers from -1000 to 1000, one a line."""

import re
import sys

text = sys.stdin.read()
lines = text.splitlines()
good = re.fullmatch(r"(?:(?:0|-?[1-9]\d*)\n)+", text) and len(lines) <= 100_000
sys.exit(42 if good and all(abs(int(line)) <= 1000 for line in lines) else 43)
