// expect: RuntimeError
// signal: SIGXCPU
#include <signal.h>

int main(void) {
    raise(SIGXCPU);
}
