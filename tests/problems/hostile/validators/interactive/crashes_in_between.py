# expect: JudgeError
import sys

sys.stdin.buffer.readline(100)
raise ValueError("the validator cannot go on")
