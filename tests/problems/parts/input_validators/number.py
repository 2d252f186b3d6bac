"""Checks an input: one number from 1 to 1000000."""

import re
import sys

text = sys.stdin.read()
sys.exit(42 if re.fullmatch(r"[1-9]\d{0,6}\n", text) and int(text) <= 1_000_000 else 43)
