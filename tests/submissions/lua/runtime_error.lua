-- expect: RuntimeError
-- reason-contains: attempt to index a nil value
-- reason-contains: main.lua line 5
local function f(value)
  return value.name
end

print(f(nil))
