-- expect: MemoryLimitExceeded
-- limits: memory_bytes=134217728 cpu_ms=4000
procedure Main is
   type Block is array (1 .. 262_144) of Integer;
   type Reference is access Block;
   Last : Reference with Volatile;
begin
   loop
      Last := new Block'(others => 1);
   end loop;
end Main;
