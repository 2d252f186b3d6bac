-- expect: Accepted
-- expected: 5000050000\n
local function depth(n)
  if n == 0 then return 0 end
  return n + depth(n - 1)
end

print(depth(100000))
