# expect: Accepted
# What it prints is of no meaning; its status is.
import os
import sys

os.write(1, b"43 WA \x00\x1b[31m" + os.urandom(4096))
os.write(2, b"wrong answer " + os.urandom(4096))
sys.exit(42)
