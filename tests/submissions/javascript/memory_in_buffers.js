// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
const data = [];
for (;;) {
  data.push(Buffer.alloc(1 << 20, 1));
}
