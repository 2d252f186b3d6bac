// expect: Accepted
// limits: memory_bytes=67108864
// memory-bytes: 41943040..67108864
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *volatile kept; // or the compiler would leave the allocation out

// However slow the host is, all of them have their memory at one time.
int main(void) {
    int ready[2], go[2];
    if (pipe(ready) || pipe(go)) return 1;
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            close(go[1]);
            char *block = kept = malloc(10 << 20), end;
            memset(block, i + 1, 10 << 20);
            if (write(ready[1], "", 1) != 1) _exit(1);
            close(ready[1]);
            _exit(read(go[0], &end, 1) != 0 || block[77] == 0);
        }
    close(ready[1]); // one that was killed is not waited for
    for (char byte, i = 0; i < 4; i++)
        if (read(ready[0], &byte, 1) != 1) return 1;
    close(go[1]);
    while (wait(NULL) > 0) {}
}
