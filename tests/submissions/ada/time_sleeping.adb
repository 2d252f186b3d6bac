-- expect: TimeLimitExceeded
-- limits: cpu_ms=400 wall_ms=1500
-- reason-contains: on the clock
procedure Main is
begin
   delay 30.0;
end Main;
