// expect: RuntimeError
// signal: SIGSYS
#include <signal.h>
#include <unistd.h>

int main(void) {
    return kill(getpid(), SIGSYS);
}
