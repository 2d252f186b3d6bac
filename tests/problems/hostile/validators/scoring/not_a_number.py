# expect: JudgeError
# The bytes that many a parser takes for a number.
import sys

with open(sys.argv[3] + "score_multiplier.txt", "w") as score:
    score.write("nan\n")
sys.exit(42)
