# expect: CompileError
# log-contains: main.R:4
x <- 1
y <- <- 2
