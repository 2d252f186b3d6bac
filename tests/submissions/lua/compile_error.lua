-- expect: CompileError
-- log-contains: main.lua:4
local x = 1
local y = = 2
