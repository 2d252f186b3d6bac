-- expect: TimeLimitExceeded
-- limits: cpu_ms=400
-- max-wall-ms: 3000
procedure Main is
   function Fork return Integer with Import, Convention => C, External_Name => "fork";
   Child : Integer;
begin
   loop
      Child := Fork;
   end loop;
end Main;
