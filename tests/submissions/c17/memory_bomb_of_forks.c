// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864 wall_ms=8000 cpu_ms=5000
// Every process that dies of it is replaced at once.
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

static char *volatile kept; // or the compiler would leave the allocation out

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        if (fork() != 0) {
            usleep(1000);
            continue;
        }
        for (;;) {
            char *block = kept = malloc(4 << 20);
            if (block) memset(block, 1, 4 << 20);
        }
    }
}
