# expect: Accepted
# expected: 5000050000\n
def depth(n)
  n == 0 ? 0 : n + depth(n - 1)
end

puts depth(100_000)
