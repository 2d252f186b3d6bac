// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864
// Each process stays far below the limit; together they are over it.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *volatile kept; // or the compiler would leave the allocation out

int main(void) {
    for (int i = 0; i < 10; i++)
        if (fork() == 0) {
            char *block = kept = malloc(10 << 20);
            memset(block, i + 1, 10 << 20);
            sleep(1);
            _exit(block[77] == 0);
        }
    while (wait(NULL) > 0) {}
}
