# expect: Accepted
# stdin: 20\n22\n
# expected: 42\n
puts gets.to_i + gets.to_i
