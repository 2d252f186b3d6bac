// expect: RuntimeError
// signal: SIGTRAP
#include <signal.h>

int main(void) {
    raise(SIGTRAP);
}
