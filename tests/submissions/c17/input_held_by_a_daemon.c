// expect: Accepted
// stdin-size: 4194304
// expected: leaving\n
// max-wall-ms: 1000
#include <stdio.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) {
        setsid();
        for (;;) pause();
    }
    puts("leaving");
}
