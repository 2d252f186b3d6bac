# expect: Accepted
# Says all that there is to say at once, and listens to the end.
import os
import sys

print("hello", flush=True)
os.close(1)
said = sys.stdin.buffer.read()
sys.exit(42 if said == b"hello\n" else 43)
