// expect: Accepted
// limits: cpu_ms=3000
// expected: done\n
// Every process fills its own table, with pipes: buffers of the kernel.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 30; i++)
        if (fork() == 0) {
            int ends[2];
            while (pipe(ends) == 0) {
                char block[4096] = {0};
                if (write(ends[1], block, sizeof block) < 0) break;
            }
            for (;;) pause();
        }
    usleep(200000);
    puts("done");
}
