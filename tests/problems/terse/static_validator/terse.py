"""Looks at the sources: whether a word is in them, or how long they are."""

import os
import sys

language, entry_point, feedback, rule, *rest = sys.argv[1:]


def sources():
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                yield name, file.read()


def tell(name, text):
    with open(feedback + name, "w") as file:
        file.write(text)


found = dict(sources())
if language not in ("python3", "cpp") or entry_point not in found:
    sys.exit(f"{language} {entry_point}: there are {sorted(found)}")
if rule == "without":
    word = rest[0].encode()
    for name, text in found.items():
        if word in text:
            tell("judgemessage.txt", f"{name} has the word {rest[0]}")
            sys.exit(43)
    sys.exit(42)
best, worst = map(int, rest)
length = sum(map(len, found.values()))
tell("score_multiplier.txt", str(max(0, min(1, (worst - length) / (worst - best)))))
sys.exit(42)
