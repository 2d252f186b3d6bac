-- expect: TimeLimitExceeded
-- limits: cpu_ms=300
-- max-wall-ms: 5000
.read /dev/zero
