-- expect: OutputLimitExceeded
local line = string.rep("x", 65536)
while true do print(line) end
