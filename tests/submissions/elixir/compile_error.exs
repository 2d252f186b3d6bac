# expect: CompileError
# log-contains: main.exs:4:
x = 1
IO.puts(x + ))
