// expect: MemoryLimitExceeded
// limits: cpu_ms=5000
const items = [];
for (let i = 0;; i++) items.push({ i, name: "item " + i });
