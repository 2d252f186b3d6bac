-- expect: TimeLimitExceeded
-- limits: cpu_ms=400 wall_ms=2000
-- max-wall-ms: 9000
os.execute("f() { f | f & }; f; sleep 30")
