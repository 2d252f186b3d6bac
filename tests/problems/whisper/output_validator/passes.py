"""Judges one pass, and gives the input of the next: passes.py INPUT ANSWER FEEDBACK_DIR/ <OUTPUT

What it leaves in the feedback folder is still there in the second pass.
"""

import sys
from pathlib import Path

ACCEPTED, REJECTED = 42, 43


def first(output, word, feedback):
    """A text of a and b becomes the second input."""
    if len(output) > 5 * len(word) or set(output) - set("ab"):
        return "the text is too long, or not of a and b"
    (feedback / "first_pass_done").touch()
    (feedback / "nextpass.in").write_text(f"read\n{output}\n")
    return None


def second(output, word):
    return None if output == word else f"read as {output[:100]}"


def main(_input_file, answer_file, feedback_dir):
    feedback = Path(feedback_dir)
    word = Path(answer_file).read_text().strip()
    output = sys.stdin.buffer.read(10_000).decode("latin-1").strip()
    is_second = (feedback / "first_pass_done").exists()
    fault = second(output, word) if is_second else first(output, word, feedback)
    if fault is None:
        return ACCEPTED
    with open(feedback / "judgemessage.txt", "a") as messages:
        print(fault, file=messages)
    return REJECTED


sys.exit(main(*sys.argv[1:]))
