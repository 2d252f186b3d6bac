-- expect: TimeLimitExceeded
-- limits: cpu_ms=400 wall_ms=2000
-- max-wall-ms: 9000
-- The shell may find no process for a program of its own, and give up.
os.execute("f() { f | f & }; f; sleep 30")
while true do end
