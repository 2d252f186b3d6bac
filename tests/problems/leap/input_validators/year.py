"""Checks an input: one number from 1583 to 9999."""

import re
import sys

text = sys.stdin.read()
sys.exit(42 if re.fullmatch(r"[1-9]\d{3}\n", text) and int(text) >= 1583 else 43)
