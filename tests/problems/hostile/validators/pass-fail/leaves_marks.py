# expect: Accepted
# Leaves a mark wherever it may write, in its own source too, and looks for one first: what one test leaves behind must not
# be there for the next; `leak` in its message is a hole.
import glob
import os
import sys

INPUT, ANSWER, FEEDBACK = sys.argv[1:4]
MARK = b"# left behind\n"
PLACES = [INPUT, ANSWER, __file__, *glob.glob("*"), *(f"{folder}/mark" for folder in (".", "/tmp", "/dev/shm", "/var/tmp"))]


def is_marked(path):
    try:
        with open(path, "rb") as file:
            return MARK in file.read()[-len(MARK):]
    except OSError:
        return False


def mark(path):
    try:
        with open(path, "ab") as file:
            file.write(MARK)
    except OSError:
        pass


found = [path for path in PLACES if is_marked(path)]
for path in PLACES:
    mark(path)
with open(FEEDBACK + "judgemessage.txt", "w") as message:
    message.write(f"leak: {found}" if found else "clean")
sys.exit(43 if found else 42)
