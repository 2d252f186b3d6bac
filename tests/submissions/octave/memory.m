% expect: MemoryLimitExceeded
% limits: memory_bytes=134217728 cpu_ms=4000
data = {};
while true
  data{end + 1} = ones(1, 131072);
end
