# expect: MemoryLimitExceeded
# limits: memory_bytes=67108864 cpu_ms=4000
no warnings "recursion";

sub depth { my ($n) = @_; return depth($n + 1) + 1 }

print depth(0), "\n";
