"""Checks an input: two decimal numbers from 10^-4 to 10^6 in one line."""

import re
import sys

text = sys.stdin.read()
good = re.fullmatch(r"\d+(\.\d+)? \d+(\.\d+)?\n", text)
sys.exit(42 if good and all(1e-4 <= float(word) <= 1e6 for word in text.split()) else 43)
