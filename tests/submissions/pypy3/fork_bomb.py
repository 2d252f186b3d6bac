# expect: Accepted
# stdout: bounded\n
import os
import signal
import time

children = []
try:
    while len(children) < 5000:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
except OSError:
    print("bounded", flush=True)
for child in children:
    os.kill(child, signal.SIGKILL)
