"""Checks an input: one whole number, written as numbers are."""

import re
import sys

text = sys.stdin.read()
sys.exit(42 if re.fullmatch(r"[1-9]\d*\n", text) and int(text) <= 10**12 else 43)
