# expect: Accepted
# stdin:  20\n\n 22 
# expected: 42\n
puts STDIN.read.split.sum(&:to_i)
