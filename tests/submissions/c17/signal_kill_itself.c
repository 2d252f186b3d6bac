// expect: RuntimeError
// signal: SIGKILL
#include <signal.h>

int main(void) {
    raise(SIGKILL);
}
