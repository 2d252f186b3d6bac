// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864
// expected: fine\n
// The main process survives and prints the right answer.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *volatile kept; // or the compiler would leave the allocation out

int main(void) {
    if (fork() == 0)
        for (;;) {
            char *block = kept = malloc(1 << 20);
            if (block) memset(block, 1, 1 << 20);
        }
    wait(NULL);
    puts("fine");
}
