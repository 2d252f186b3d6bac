# expect: Accepted
# stdout: Hello, world!\n
cat("Hello, world!\n")
