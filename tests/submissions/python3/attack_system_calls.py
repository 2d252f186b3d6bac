# expect: Accepted
# stdout: none\n
import ctypes
import platform

# What a sandbox must refuse, by number: (x86-64, arm64).
CALLS = {
    "ptrace": (101, 117),
    "unshare": (272, 97),
    "mount": (165, 40),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "swapon": (167, 224),
    "reboot": (169, 142),
}
libc = ctypes.CDLL(None)
column = 0 if platform.machine() == "x86_64" else 1
# Zeros for arguments: what is let through is done, or fails for another reason than being refused.
allowed = [name for name, numbers in CALLS.items() if libc.syscall(numbers[column], 0, 0, 0, 0, 0) != -1]
print(*allowed or ["none"])
