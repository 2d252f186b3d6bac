// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=20000
// cpu-ms: 400..
// reason-contains: CPU
// Children that nobody waits for are not in the parent's getrusage.
#define _GNU_SOURCE
#include <signal.h>
#include <time.h>
#include <unistd.h>

static void burn_150_ms(void) {
    struct timespec used;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_nsec < 150000000);
    _exit(0);
}

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 8; i++) {
        if (fork() == 0) burn_150_ms();
        usleep(100000);
    }
    sleep(15);
}
