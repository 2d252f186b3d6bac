# expect: RuntimeError
# exit-code: 1
# reason-contains: the recursion is too deep
options(expressions = 500000)
depth <- function(n) depth(n + 1) + 1
cat(depth(0), "\n")
