// expect: CompileError
// log-contains: main.c:5
// log-contains: error
int main(void) {
    return 0
}
