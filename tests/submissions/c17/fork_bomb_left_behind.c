// expect: Accepted
// limits: cpu_ms=5000
// expected: leaving a bomb\n
// The main process ends at once; what it started fills the process table of the run.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("leaving a bomb");
    fflush(stdout);
    if (fork() == 0) {
        setsid();
        signal(SIGCHLD, SIG_IGN);
        for (;;) fork();
    }
    usleep(20000);
}
