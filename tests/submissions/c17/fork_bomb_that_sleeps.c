// expect: TimeLimitExceeded
// limits: cpu_ms=2000 wall_ms=700
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
    for (;;)
        if (fork() == 0) pause();
        else usleep(500);
}
