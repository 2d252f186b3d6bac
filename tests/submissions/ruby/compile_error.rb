# expect: CompileError
# log-contains: main.rb:4
def f(x)
  x + )
end
