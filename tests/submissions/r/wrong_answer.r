# expect: WrongAnswer
# stdin: 20 22\n
# expected: 42\n
# reason-contains: line 1
values <- scan("stdin", quiet = TRUE)
cat(prod(values), "\n", sep = "")
