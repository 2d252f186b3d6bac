// expect: CompileError
// log-contains: main
// reason-contains: there is no function `main`
int helper(void) {
    return 4;
}
