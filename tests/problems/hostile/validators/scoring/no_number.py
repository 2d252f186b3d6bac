# expect: JudgeError
import sys

with open(sys.argv[3] + "score.txt", "w") as score:
    score.write("plenty\n")
sys.exit(42)
