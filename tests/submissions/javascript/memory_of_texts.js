// expect: MemoryLimitExceeded
// limits: cpu_ms=5000
const texts = [];
for (let i = 0;; i++) texts.push("text " + i);
