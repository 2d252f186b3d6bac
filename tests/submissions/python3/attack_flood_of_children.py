# expect: OutputLimitExceeded
# limits: cpu_ms=3000
# stdout-truncated: true
import os
import time

for _ in range(8):
    if os.fork() == 0:
        while True:
            os.write(1, b"x" * 4096)
time.sleep(60)
