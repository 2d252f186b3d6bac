# expect: Accepted
# arguments: ["-n", "two words"]
# stdin: first\n7\n
# expected: [1] "-n"        "two words"\nmain.R\nNULL\nTRUE\nfirst\n[1] 8\n[1] 2\ncaught in f()\nfunction(x) x\nlast\n
rm(list = ls(all.names = TRUE))
commandArgs(trailingOnly = TRUE)
cat(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)), "\n", sep = "")
sys.call()
f <- function() parent.frame()
cat(identical(f(), globalenv()), "\n", sep = "")
input <- file("stdin", "r")
cat(readLines(input, n = 1), "\n", sep = "")
as.numeric(readLines(input)) + 1
invisible(1)
(invisible(2))
f <- function() stop("it")
tryCatch(f(), error = function(e) cat("caught in", deparse(conditionCall(e)), "\n", sep = " ", fill = FALSE))
function(x) x # kept
.Last <- function() cat("last\n")
