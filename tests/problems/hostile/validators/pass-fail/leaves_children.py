# expect: Accepted
# What it leaves behind holds its pipes open, and must neither keep the judge waiting nor stay.
import os
import sys
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(3600)
sys.exit(42)
