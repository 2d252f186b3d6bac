# expect: TimeLimitExceeded
# limits: cpu_ms=600 wall_ms=2500
# max-wall-ms: 9000
# Where there can be no more, the interpreter tries again, every second.
loop { fork { sleep 60 } }
