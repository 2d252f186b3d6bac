# expect: Accepted
# stdin: 20\n22\n
# expected: 42\n
values <- as.integer(readLines("stdin"))
cat(sum(values), "\n", sep = "")
