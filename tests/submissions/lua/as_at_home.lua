-- expect: Accepted
-- stdout: 13:00 differ 1\n
-- Lua cannot change its own time zone.
local clock = io.popen("TZ=Europe/Paris lua -e 'print(os.date(\"%H:%M\", 1699963200))'"):read("l")
print(clock .. (math.random(0) == math.random(0) and " same " or " differ ") .. utf8.len("é"))
