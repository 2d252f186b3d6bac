# expect: Accepted
# expected: 4\n
# Each in a process of its own.
cat(sum(unlist(parallel::mclapply(1:4, function(i) 1, mc.cores = 4))), "\n", sep = "")
