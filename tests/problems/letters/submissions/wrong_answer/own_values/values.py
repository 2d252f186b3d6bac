# The problem's file of this name takes this one's place.
VALUES = dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 1)
