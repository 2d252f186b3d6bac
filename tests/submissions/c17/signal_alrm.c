// expect: RuntimeError
// signal: SIGALRM
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
    ualarm(10000, 0);
    for (;;) pause();
}
