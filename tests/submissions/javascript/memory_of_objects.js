// expect: MemoryLimitExceeded
const items = [];
for (let i = 0;; i++) items.push({ i, name: "item " + i });
