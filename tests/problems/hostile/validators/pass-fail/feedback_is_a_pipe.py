# expect: JudgeError|WrongAnswer
# Whoever opens it to read waits for ever.
import os
import sys

os.mkfifo(sys.argv[3] + "judgemessage.txt")
os.mkdir(sys.argv[3] + "teammessage.txt")
sys.exit(43)
