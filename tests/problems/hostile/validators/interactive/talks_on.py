# expect: Accepted
# Has more to say than the submission waits for, which is over by then.
import sys
import time

for _ in range(20):
    print("hello", flush=True)
    time.sleep(0.05)
sys.exit(42)
