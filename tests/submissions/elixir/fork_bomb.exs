# expect: TimeLimitExceeded
# limits: cpu_ms=800 wall_ms=3000
# max-wall-ms: 9000
System.cmd("sh", ["-c", "f() { f | f & }; f; sleep 30"])
