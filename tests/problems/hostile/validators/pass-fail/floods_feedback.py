# expect: JudgeError
import sys

with open(sys.argv[3] + "judgemessage.txt", "w") as message:
    for _ in range(100):
        message.write("x" * 2**20)
sys.exit(42)
