// expect: CompileError
// log-contains: main.cpp:3
int main() { int x = "text"; }
