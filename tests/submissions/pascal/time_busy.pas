// expect: TimeLimitExceeded
// limits: cpu_ms=300
// reason-contains: CPU
begin
  while true do;
end.
