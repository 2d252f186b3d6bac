// expect: Accepted
// limits: cpu_ms=3000
// max-wall-ms: 1000
// Each generation is gone before anybody can look at it.
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
    if (fork() == 0)
        for (;;) {
            setsid();
            if (fork() > 0) _exit(0);
        }
    usleep(50000);
}
