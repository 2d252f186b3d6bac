// expect: Accepted
// limits: memory_bytes=67108864
// memory-bytes: 41943040..67108864
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *volatile kept; // or the compiler would leave the allocation out

int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            char *block = kept = malloc(10 << 20);
            memset(block, i + 1, 10 << 20);
            usleep(400000);
            _exit(block[77] == 0);
        }
    while (wait(NULL) > 0) {}
}
