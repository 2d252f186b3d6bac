# expect: Accepted
# stdin:  20\n\n 22 
# expected: 42\n
values <- scan("stdin", quiet = TRUE)
cat(sum(values), "\n", sep = "")
