# expect: JudgeError
import sys

for _ in range(100):
    sys.stdout.write("x" * 2**20)
sys.exit(42)
