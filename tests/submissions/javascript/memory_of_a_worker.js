// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
const { Worker, isMainThread } = require("worker_threads");
if (isMainThread) {
  new Worker(__filename);
} else {
  const data = [];
  for (;;) data.push(new Array(1 << 17).fill(data.length + 0.5));
}
