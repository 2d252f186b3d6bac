"""Checks an input: `n guesses secret`, where a secret of 0 is chosen while the game goes on."""

import re
import sys

text = sys.stdin.read()
if not re.fullmatch(r"[1-9]\d* [1-9]\d* (0|[1-9]\d*)\n", text):
    sys.exit(43)
n, guesses, secret = map(int, text.split())
sys.exit(42 if secret <= n <= 10**9 and guesses >= n.bit_length() else 43)
