# expect: JudgeError
import sys

with open(sys.argv[3] + "score_multiplier.txt", "w") as score:
    score.write("1.5\n")
sys.exit(42)
