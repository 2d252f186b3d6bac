# expect: Accepted
# expected: 42\n
# file: shop/prices.R total <- function(a, b) a + b\n
# entry-point: package.r
source("shop/prices.R")
cat(total(20, 22), "\n", sep = "")
