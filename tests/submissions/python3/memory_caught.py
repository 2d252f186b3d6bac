# expect: MemoryLimitExceeded
# limits: memory_bytes=67108864 cpu_ms=4000
try:
    data = [bytearray(1 << 20) for _ in range(1000)]
except MemoryError:
    print("caught")
