import sys

words = " ".join(sys.argv[1:]).split()
upper = words[-1:] == ["--upper"] or words[:1] == ["--upper"]
prefix = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "--prefix"), "")
sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
for line in sys.stdin:
    print(prefix + (line.upper() if upper else line), end="")
