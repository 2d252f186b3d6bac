# expect: Accepted
# expected: 1125750\n
options(expressions = 10000)
depth <- function(n) if (n == 0) 0 else n + depth(n - 1)
cat(depth(1500), "\n", sep = "")
