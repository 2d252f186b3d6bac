# expect: TimeLimitExceeded
# limits: cpu_ms=300 wall_ms=10000
# reason-contains: CPU
while True:
    pass
