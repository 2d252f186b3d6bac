# expect: Accepted
# expected: 4\n
puts 4.times.map { Thread.new { 1 } }.sum(&:value)
