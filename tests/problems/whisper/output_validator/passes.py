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
    note(feedback, "first_pass_done", "the text may be read")
    (feedback / "nextpass.in").write_text(f"read\n{output}\n")
    return None


def second(output, word, feedback):
    # Its files of the first pass are its own still: it writes on.
    note(feedback, "first_pass_done", "and is")
    return None if output == word else f"read as {output[:100]}"


def note(feedback, name, text):
    with open(feedback / name, "a") as file:
        print(text, file=file)


def main(_input_file, answer_file, feedback_dir):
    feedback = Path(feedback_dir)
    word = Path(answer_file).read_text().strip()
    output = sys.stdin.buffer.read(10_000).decode("latin-1").strip()
    is_second = (feedback / "first_pass_done").exists()
    fault = second(output, word, feedback) if is_second else first(output, word, feedback)
    note(feedback, "judgemessage.txt", fault or "as it should be")
    return ACCEPTED if fault is None else REJECTED


sys.exit(main(*sys.argv[1:]))
