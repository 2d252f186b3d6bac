"""Checks an input: one line of words of a to z, with single spaces between them, 30 characters at most."""

import re
import sys

text = sys.stdin.read()
sys.exit(42 if len(text) <= 31 and re.fullmatch(r"[a-z]+( [a-z]+)*\n", text) else 43)
