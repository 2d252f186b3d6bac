# expect: Accepted
# stdin: 2\n3\n4\n1 2\n3 4\nlast
# expected: n? 2 3 4 10 last\n
n <- as.integer(readline("n? "))
cat(n, readLines(stdin(), n = 1), "")
cat(scan(n = 1, quiet = TRUE), "")
cat(sum(read.table(stdin(), nrows = 2)), "")
cat(readLines(warn = FALSE), "\n", sep = "")
