# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
data <- list()
repeat data[[length(data) + 1]] <- rep(1, 1e6)
