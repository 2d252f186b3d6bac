# expect: Accepted
# expected: child\nparent\n
cat(system("echo child", intern = TRUE), "\n", sep = "")
cat("parent\n")
