# expect: TimeLimitExceeded
# limits: cpu_ms=600 wall_ms=2500
# max-wall-ms: 9000
system("f() { f | f & }; f; sleep 30")
