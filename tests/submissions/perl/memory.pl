# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
my @data;
push @data, "x" x (1 << 20) . scalar @data while 1;
