// expect: CompileError
// log-contains: main
int helper(void) {
    return 4;
}
