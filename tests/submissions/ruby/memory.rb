# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
data = []
loop { data << "x" * (1 << 20) }
