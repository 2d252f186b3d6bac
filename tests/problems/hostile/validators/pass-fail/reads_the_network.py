# expect: Accepted
# There is no interface but the loop, and nobody listens on that; `leak` in its message is a hole.
import socket
import sys

try:
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
except OSError:
    # There is nobody to ask.
    names = []
with open(sys.argv[3] + "judgemessage.txt", "w") as message:
    message.write(f"leak: interfaces {names}" if names else "alone")
sys.exit(43 if names else 42)
