# expect: Accepted
# expected: 1/3\n4\n
library(MASS)
library(Matrix)
cat(as.character(fractions(1 / 3)), "\n", sep = "")
cat(nnzero(Diagonal(4)), "\n", sep = "")
