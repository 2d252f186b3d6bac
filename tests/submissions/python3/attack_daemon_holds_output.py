# expect: Accepted
# stdout: gone\n
# max-wall-ms: 2000
import os
import time

print("gone", flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
        print("late words of a daemon")
