# expect: Accepted
# stdout: bounded\n
import os
import threading
import time

try:
    for _ in range(100_000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError:
    print("bounded", flush=True)
os._exit(0)
