# expect: JudgeError
import sys

with open(sys.argv[3] + "score.txt", "w") as score:
    score.write("1e999\n")
sys.exit(42)
