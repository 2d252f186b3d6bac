// expect: CompileError
// log-contains: main.ts
// log-contains: 4
const x: number = "text";
