# expect: Accepted
# stdout: Hello, world!\n
IO.puts("Hello, world!")
