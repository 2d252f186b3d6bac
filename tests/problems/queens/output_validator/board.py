"""Judges a board: board.py INPUT ANSWER FEEDBACK_DIR/ <OUTPUT"""

import sys
from itertools import combinations
from pathlib import Path

ACCEPTED, REJECTED = 42, 43


def fault(words, rows):
    """What is wrong with the output, or nothing."""
    if len(words) != rows or not all(word in map(str, range(1, rows + 1)) for word in words):
        return f"not {rows} columns"
    columns = [int(word) for word in words]
    for (one, left), (other, right) in combinations(enumerate(columns, 1), 2):
        if left == right or abs(left - right) == other - one:
            return f"the queens of rows {one} and {other} attack each other"
    return None


def main(input_file, _answer_file, feedback_dir):
    words = sys.stdin.buffer.read(4096).decode("latin-1").split()
    found = fault(words, int(Path(input_file).read_text()))
    if found is None:
        return ACCEPTED
    Path(feedback_dir + "judgemessage.txt").write_text(found + "\n")
    return REJECTED


sys.exit(main(*sys.argv[1:]))
