// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
const data: number[][] = [];
for (;;) {
  data.push(new Array<number>(1 << 17).fill(data.length + 0.5));
}
