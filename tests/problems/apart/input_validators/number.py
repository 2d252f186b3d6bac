"""Checks an input: one number from 1 to 1000."""

import re
import sys

text = sys.stdin.read()
sys.exit(42 if re.fullmatch(r"[1-9]\d{0,3}\n", text) and int(text) <= 1000 else 43)
