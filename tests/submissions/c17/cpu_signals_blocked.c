// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=20000
// reason-contains: CPU
#define _GNU_SOURCE
#include <signal.h>

int main(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (int signal_number = 1; signal_number < 65; signal_number++) signal(signal_number, SIG_IGN);
    for (volatile unsigned long turns = 0;; turns++) {}
}
