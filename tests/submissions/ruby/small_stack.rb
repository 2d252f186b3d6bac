# expect: Accepted
# stdin: 20 22\n
# expected: 42\n
# limits: stack_bytes=8388608
# stderr:
# A stack that is smaller than the one that programs have else.
puts gets.split.sum(&:to_i)
