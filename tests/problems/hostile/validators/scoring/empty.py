# expect: JudgeError
import sys

open(sys.argv[3] + "score.txt", "w").close()
sys.exit(42)
