// expect: CompileError
// log-contains: main.js:3
let x = ;
