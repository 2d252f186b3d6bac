-- expect: WrongAnswer
-- stdin: 20 22\n
-- expected: 42\n
-- reason-contains: line 1
local a, b = io.read("n", "n")
print(a - b)
