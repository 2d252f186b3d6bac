# expect: RuntimeError
# reason-contains: the recursion is too deep, main.R line 3
depth <- function(n) depth(n + 1) + 1
cat(depth(0), "\n")
