# expect: TimeLimitExceeded
# limits: cpu_ms=600 wall_ms=2500
# max-wall-ms: 9000
# The shell may find no process for a program of its own, and give up.
system("f() { f | f & }; f; sleep 30")
while (TRUE) {}
