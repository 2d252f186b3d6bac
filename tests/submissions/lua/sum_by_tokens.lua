-- expect: Accepted
-- stdin:  20\n\n 22 
-- expected: 42\n
local a, b = io.read("n", "n")
print(a + b)
