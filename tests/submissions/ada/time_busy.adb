-- expect: TimeLimitExceeded
-- limits: cpu_ms=300
-- reason-contains: CPU
procedure Main is
begin
   loop
      null;
   end loop;
end Main;
