# expect: Accepted
# stdout: nothing\n
import glob
import os

own = str(os.getpid())
places = ["/etc/shadow", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/var/run/docker.sock", "/workspace", "/root"]
for process in glob.glob("/proc/[0-9]*"):
    if not process.endswith("/" + own):
        places += [f"{process}/{name}" for name in ("environ", "mem", "root/etc/passwd", "cwd/main.py", "fd")]
seen = []
for place in places:
    try:
        found = os.listdir(place) if os.path.isdir(place) else open(place, "rb").read(1)
    except OSError:
        continue
    # The engine hides what the host has, as /proc/kcore, behind the null device: that can be opened, and is empty.
    if found:
        seen.append((place, found))
print(seen or "nothing")
