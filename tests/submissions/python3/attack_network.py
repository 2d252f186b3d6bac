# expect: Accepted
# stdout: none\n
import socket

try:
    socket.create_connection(("1.1.1.1", 53), timeout=1)
    print("connected")
except OSError:
    print("none")
