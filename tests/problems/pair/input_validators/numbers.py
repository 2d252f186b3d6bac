"""Checks an input: n and s in the first line, n numbers in the second, all within their bounds."""

import re
import sys

NUMBER = r"(0|-?[1-9]\d*)"
text = sys.stdin.read()
good = re.fullmatch(rf"[1-9]\d* {NUMBER}\n{NUMBER}( {NUMBER})*\n", text)
numbers = [int(word) for word in text.split()] if good else []
in_range = all(abs(number) <= 10**9 for number in numbers)
sys.exit(42 if good and in_range and numbers[0] == len(numbers) - 2 <= 1000 else 43)
