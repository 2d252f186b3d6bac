# expect: Accepted
# What is more than is kept of it is dropped, and read to its end.
import sys

for _ in range(100):
    sys.stderr.write("x" * 2**20)
sys.exit(42)
