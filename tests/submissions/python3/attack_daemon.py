# expect: Accepted
# stdout: gone\n
import os
import sys
import time

if os.fork():
    print("gone")
    sys.stdout.flush()
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
while True:
    with open(f"/tmp/{time.time()}", "w") as file:
        file.write("x" * 1000)
