// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=3000
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
    for (;;)
        if (vfork() == 0) execl("/proc/self/exe", "again", (char *)0), _exit(1);
}
