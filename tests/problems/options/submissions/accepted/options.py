import sys

arguments = sys.argv[1:]
prefix, upper = "", False
while arguments:
    if arguments.pop(0) == "--upper":
        upper = True
    else:
        prefix = arguments.pop(0)
sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
for line in sys.stdin:
    print(prefix + (line.upper() if upper else line), end="")
