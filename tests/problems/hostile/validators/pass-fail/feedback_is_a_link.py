# expect: JudgeError|WrongAnswer
# The message is not what the link leads to.
import os
import sys

os.symlink("/etc/passwd", sys.argv[3] + "judgemessage.txt")
os.symlink("/proc/1/environ", sys.argv[3] + "teammessage.txt")
sys.exit(43)
