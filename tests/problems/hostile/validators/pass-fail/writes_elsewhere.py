# expect: Accepted
# Its input, the answer and itself are not for it to change: the next test would be judged by them.
import sys

changed = []
for path in (sys.argv[1], sys.argv[2], __file__):
    try:
        with open(path, "r+b") as file:
            file.write(b"!")
        changed.append(path)
    except OSError:
        pass
with open(sys.argv[3] + "judgemessage.txt", "w") as message:
    message.write(f"leak: could write {changed}" if changed else "kept")
sys.exit(43 if changed else 42)
