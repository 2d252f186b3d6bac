-- expect: Accepted
-- stdin: 20\n22\n
-- expected: 42\n
print(io.read("n") + io.read("n"))
