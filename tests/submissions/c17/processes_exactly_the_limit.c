// expect: Accepted
// limits: processes=10
// expected: 9 children\n
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    int children = 0;
    for (;;) {
        pid_t child = fork();
        if (child == 0)
            for (;;) pause();
        if (child < 0) break;
        children++;
    }
    printf("%d children\n", children);
}
