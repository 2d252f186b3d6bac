"""Compares the sum, by a module of its own, and sees that the submission's files are here."""

import os
import sys

import compare

_, answer = sys.argv[1:3]
if not any(name.endswith((".py", ".cpp")) for name in os.listdir(".")):
    sys.exit("the submission's files are not here")
with open(answer) as expected:
    sys.exit(42 if compare.same(sys.stdin.read(), expected.read()) else 43)
