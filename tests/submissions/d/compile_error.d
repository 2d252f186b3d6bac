// expect: CompileError
// log-contains: main.d(4
void main() {
    int x = "text";
}
