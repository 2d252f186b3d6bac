// expect: RuntimeError
// signal: SIGXFSZ
// reason-contains: SIGXFSZ
#include <signal.h>

int main(void) {
    return raise(SIGXFSZ);
}
