# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
data = []
while True:
    data.append(bytearray(1 << 20))
