// expect: OutputLimitExceeded
const line = "x".repeat(65536);
for (;;) console.log(line);
