// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
var p: pbyte;
begin
  while true do begin
    getmem(p, 1048576);
    fillchar(p^, 1048576, 1);
  end;
end.
