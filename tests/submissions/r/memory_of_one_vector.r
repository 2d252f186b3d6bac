# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728
# reason-contains: cannot allocate a vector
data <- numeric(1e9)
cat(data[1], "\n")
