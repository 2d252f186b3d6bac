"""Judges a row: check.py INPUT ANSWER FEEDBACK_DIR/ [tell] <OUTPUT

With the argument `tell` the team gets to know what is wrong, which is for samples only.
"""

import sys
from pathlib import Path

ACCEPTED, REJECTED = 42, 43


def fault(words, guests, answer):
    """What is wrong with the output, or nothing."""
    if words == ["impossible"]:
        return None if answer == "impossible" else "there is a good row"
    if not all(word.isascii() and word.isdigit() and len(word) <= 4 for word in words):
        return "not only numbers"
    row = [int(word) for word in words]
    if sorted(row) != list(range(1, guests + 1)):
        return f"not every guest from 1 to {guests} once"
    for left, right in zip(row, row[1:]):
        if abs(left - right) == 1:
            return f"neighbours {left} and {right}"
    return None


def main(input_file, answer_file, feedback_dir, *arguments):
    guests = int(Path(input_file).read_text())
    answer = Path(answer_file).read_text().strip()
    words = sys.stdin.buffer.read().decode("latin-1").split()
    found = fault(words, guests, answer)
    if found is None:
        return ACCEPTED
    Path(feedback_dir + "judgemessage.txt").write_text(found + "\n")
    if "tell" in arguments:
        Path(feedback_dir + "teammessage.txt").write_text(f"Your row: {found}.\n")
    return REJECTED


sys.exit(main(*sys.argv[1:]))
