# expect: Accepted
# Everything that it may send a signal to, but for itself: there should be nothing.
import os
import signal
import sys

try:
    os.kill(-1, signal.SIGKILL)
except OSError:
    pass
sys.exit(42)
