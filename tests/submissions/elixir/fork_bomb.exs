# expect: TimeLimitExceeded
# limits: cpu_ms=800 wall_ms=3000
# max-wall-ms: 9000
# The shell may find no process for a program of its own, and give up.
System.cmd("sh", ["-c", "f() { f | f & }; f; sleep 30"])
Process.sleep(:infinity)
