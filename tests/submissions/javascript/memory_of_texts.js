// expect: MemoryLimitExceeded
const texts = [];
for (let i = 0;; i++) texts.push("text " + i);
