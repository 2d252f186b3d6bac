// expect: MemoryLimitExceeded
// limits: cpu_ms=5000
const items: { i: number; name: string }[] = [];
for (let i = 0;; i++) items.push({ i, name: "item " + i });
