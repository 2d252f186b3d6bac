# expect: WrongAnswer
# expected: 42\n
# reason-contains: line 1
IO.puts(41)
