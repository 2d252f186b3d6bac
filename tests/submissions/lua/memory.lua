-- expect: MemoryLimitExceeded
-- limits: memory_bytes=134217728 cpu_ms=4000
local data = {}
while true do
  data[#data + 1] = string.rep("x", 1 << 20) .. #data
end
