# expect: WrongAnswer
# stdin: 20 22\n
# expected: 42\n
# reason-contains: line 1
a, b = gets.split.map(&:to_i)
puts a - b
