-- expect: Accepted
-- expected: child\nparent\n
io.write(io.popen("echo child"):read("a"))
print("parent")
