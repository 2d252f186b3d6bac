// expect: MemoryLimitExceeded
const items: { i: number; name: string }[] = [];
for (let i = 0;; i++) items.push({ i, name: "item " + i });
