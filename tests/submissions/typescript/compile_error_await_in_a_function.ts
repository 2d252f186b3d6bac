// expect: CompileError
// log-contains: main.ts(4,
function f() {
    await 1;
}
f();
