# expect: JudgeError
import sys

with open(sys.argv[3] + "score.txt", "w") as score:
    score.write("1" * 2**22)
sys.exit(42)
