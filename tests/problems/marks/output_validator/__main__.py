"""Judges marks: INPUT ANSWER FEEDBACK_DIR/ <OUTPUT; the number of marks goes to score.txt."""

import sys
from pathlib import Path

from rules import fault, marks

ACCEPTED, REJECTED = 42, 43


def main(input_file, _answer_file, feedback_dir):
    n = int(Path(input_file).read_text())
    chosen = marks(sys.stdin.buffer.read(10**6))
    found = fault(chosen, n)
    if found is None:
        Path(feedback_dir + "score.txt").write_text(f"{len(chosen)}\n")
        return ACCEPTED
    Path(feedback_dir + "judgemessage.txt").write_text(found + "\n")
    return REJECTED


sys.exit(main(*sys.argv[1:]))
