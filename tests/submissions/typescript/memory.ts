// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
// reason-contains: JavaScript heap out of memory: more memory was needed than is allowed
const data: number[][] = [];
for (;;) {
  data.push(new Array<number>(1 << 17).fill(data.length + 0.5));
}
