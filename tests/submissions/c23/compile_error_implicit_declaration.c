// expect: CompileError
// log-contains: implicit declaration
int main(void) {
    alarm(20);
    return 0;
}
