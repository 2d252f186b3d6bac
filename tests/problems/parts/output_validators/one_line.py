"""Judges the form of an output, by the format's own convention: one_line.py INPUT ANSWER FEEDBACK_DIR/ <OUTPUT"""

import sys

ACCEPTED, REJECTED = 42, 43

lines = sys.stdin.buffer.read().split(b"\n")
sys.exit(ACCEPTED if not any(line.strip() for line in lines[1:]) else REJECTED)
