# expect: Accepted
# The child holds the pipe to the submission open, which has all it waits for.
import os
import sys
import time

print("hello", flush=True)
if os.fork() == 0:
    time.sleep(3600)
sys.exit(42)
