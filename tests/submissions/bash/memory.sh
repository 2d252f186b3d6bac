# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
x=$(printf "%01048576d" 0)
while :; do x+=$x; done
