# expect: Accepted
# stdout: -1 -1 -1\n
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
# ptrace, unshare, mount: by their numbers on x86-64 and by name elsewhere.
print(libc.ptrace(16, 1, 0, 0), libc.unshare(0x10000000), libc.mount(b"none", b"/w", b"tmpfs", 0, None))
