# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
# reason-contains: cannot allocate a vector: more memory was needed than is allowed
data <- list()
repeat data[[length(data) + 1]] <- rep(1, 1e6)
