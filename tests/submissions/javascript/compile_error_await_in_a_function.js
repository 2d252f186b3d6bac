// expect: CompileError
// log-contains: main.js:5
// log-contains: await is only valid in async functions
function fetched() {
  await answer();
}
