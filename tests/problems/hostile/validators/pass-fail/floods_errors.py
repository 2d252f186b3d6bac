# expect: JudgeError
import sys

for _ in range(100):
    sys.stderr.write("x" * 2**20)
sys.exit(42)
