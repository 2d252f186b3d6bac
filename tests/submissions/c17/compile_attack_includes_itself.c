// expect: CompileError
// log-contains: nested
#include __FILE__

int main(void) {
    return 0;
}
