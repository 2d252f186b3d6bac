"""Plays the game: judge.py INPUT ANSWER FEEDBACK_DIR/ [adversary] <GUESSES >REPLIES

The adversary has no number: each of its replies leaves as many numbers as possible.
"""

import sys
from pathlib import Path

ACCEPTED, REJECTED = 42, 43


class Secret:
    """A number that is known from the beginning."""

    def __init__(self, number):
        self.number = number

    def reply(self, guess):
        return "=" if guess == self.number else "<" if self.number < guess else ">"


class Adversary:
    """All numbers that no reply has ruled out."""

    def __init__(self, n):
        self.low, self.high = 1, n

    def reply(self, guess):
        if not self.low <= guess <= self.high:
            return "<" if guess > self.high else ">"
        if self.low == self.high:
            return "="
        if guess - self.low > self.high - guess:
            self.high = guess - 1
            return "<"
        self.low = guess + 1
        return ">"


def say(text):
    """A team that does not listen any more is no fault of ours; its next guess, or its end, tells."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        sys.stdout = open("/dev/null", "w")


def fault(n, most, game):
    """What the team does wrong, or nothing."""
    say(f"{n} {most}")
    for asked in range(most):
        line = sys.stdin.buffer.readline(1000)
        if not line:
            return f"ended after {asked} guesses"
        word = line.strip()
        if not word.isdigit() or len(word) > 10 or not 1 <= int(word) <= n:
            return f"guess {asked + 1} is no number from 1 to {n}"
        reply = game.reply(int(word))
        say(reply)
        if reply == "=":
            return None if not sys.stdin.buffer.read(1) else "goes on after the end"
    return f"more than {most} guesses"


def main(input_file, _answer_file, feedback_dir, *arguments):
    n, most, secret = map(int, Path(input_file).read_text().split())
    found = fault(n, most, Adversary(n) if "adversary" in arguments else Secret(secret))
    if found is None:
        return ACCEPTED
    Path(feedback_dir + "judgemessage.txt").write_text(found + "\n")
    Path(feedback_dir + "teammessage.txt").write_text(found + "\n")
    return REJECTED


sys.exit(main(*sys.argv[1:]))
