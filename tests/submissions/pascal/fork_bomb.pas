// expect: TimeLimitExceeded
// limits: cpu_ms=400
// max-wall-ms: 3000
uses baseunix;
begin
  while true do fpfork;
end.
