# expect: TimeLimitExceeded
# limits: cpu_ms=400
# max-wall-ms: 3000
fork while 1;
