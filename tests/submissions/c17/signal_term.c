// expect: RuntimeError
// signal: SIGTERM
#include <signal.h>

int main(void) {
    raise(SIGTERM);
}
