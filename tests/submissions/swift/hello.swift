// expect: Accepted
// stdout: Hello, world!\n
print("Hello, world!")
