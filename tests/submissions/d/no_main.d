// expect: CompileError
// reason-contains: there is no function `main`
void greet() {}
