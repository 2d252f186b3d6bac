// expect: Accepted
// expected: right\n
// max-wall-ms: 1000
// stdout: right\n
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("right");
    fflush(stdout);
    int ends[2];
    if (pipe(ends)) return 1;
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            char byte;
            close(ends[1]);
            while (read(ends[0], &byte, 1) > 0) {}
            usleep(300000);
            for (;;) puts("too late");
        }
}
