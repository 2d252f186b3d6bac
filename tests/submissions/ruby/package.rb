# expect: Accepted
# expected: 42\n
# file: shop/prices.rb def total(a, b)\n  a + b\nend\n
# entry-point: package.rb
require_relative "shop/prices"

puts total(20, 22)
