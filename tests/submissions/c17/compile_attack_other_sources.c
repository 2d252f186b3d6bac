// expect: CompileError
// log-lacks: secret
// The sources of others are not in this container, whatever their path may be.
#if __has_include("/workspace/state/gavel.sqlite") || __has_include("/store") || __has_include("/ctl/monitor.sock")
#error secret found
#endif
#include "../w/../../workspace/main.c"

int main(void) {
    return 0;
}
