# expect: Accepted
# Looks for data of other problems, configuration and keys; `leak` in its message is a hole.
import os
import sys

INPUT, ANSWER, FEEDBACK = sys.argv[1:4]
KNOWN = {os.path.realpath(path) for path in (INPUT, ANSWER, __file__)}
ENDINGS = (".in", ".ans", ".sqlite", ".toml", ".key", ".pem", "shadow", "environ", "docker.sock")


def leaks():
    for folder, folders, names in os.walk("/"):
        if folder == "/":
            folders[:] = [name for name in folders if name not in ("usr", "lib", "sys")]
        for path in (os.path.join(folder, name) for name in names if name.endswith(ENDINGS)):
            own = path.startswith((f"/proc/{os.getpid()}/", "/proc/self/", "/proc/thread-self/"))
            if own or os.path.realpath(path) in KNOWN or path.startswith("/etc/ssl/certs/"):
                continue
            try:
                with open(path, "rb") as file:
                    if file.read(1):
                        yield path
            except OSError:
                continue


found = sorted(leaks())
if found:
    with open(FEEDBACK + "judgemessage.txt", "w") as message:
        message.write("leak: " + " ".join(found[:20]))
sys.exit(43 if found else 42)
