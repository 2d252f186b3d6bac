# expect: Accepted
# stdout: refused refused alive\n
import os
import signal


def killed(pid):
    try:
        os.kill(pid, signal.SIGKILL)
        return "killed"
    except (PermissionError, ProcessLookupError):
        return "refused"


answers = [killed(os.getppid() or 1), killed(1)]
try:
    os.kill(-1, signal.SIGTERM)
except (PermissionError, ProcessLookupError):
    pass
print(*answers, "alive")
