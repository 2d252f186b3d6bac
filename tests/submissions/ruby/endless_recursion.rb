# expect: RuntimeError
# reason-contains: the recursion is too deep, main.rb line 4
def depth(n)
  depth(n + 1) + 1
end

puts depth(0)
