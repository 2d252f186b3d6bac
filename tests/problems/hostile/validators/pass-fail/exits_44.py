# expect: JudgeError
import sys

sys.exit(44)
