// expect: CompileError
// log-contains: main.c:3
int main(void) { return "text" + ; }
