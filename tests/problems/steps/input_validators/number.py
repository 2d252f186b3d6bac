"""Checks an input: number.py LOWEST HIGHEST: one number between them."""

import re
import sys

lowest, highest = map(int, sys.argv[1:3])
text = sys.stdin.read()
sys.exit(42 if re.fullmatch(r"[1-9]\d*\n", text) and lowest <= int(text) <= highest else 43)
