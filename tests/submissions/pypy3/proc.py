# expect: Accepted
# stdout: alone\n
import os

pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
foreign = []
for pid in pids:
    if pid == os.getpid():
        continue
    try:
        open(f"/proc/{pid}/environ", "rb").read()
        foreign.append(pid)
    except OSError:
        pass
print("alone" if not foreign else foreign)
