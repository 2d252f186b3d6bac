// expect: CompileError
// log-lacks: root:
#include "/etc/shadow"

int main(void) {
    return 0;
}
