// expect: Accepted
// expected: all at default, none blocked\n
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>

int main(void) {
    int odd = 0;
    sigset_t blocked;
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL) odd++;
    }
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int number = 1; number < 65; number++) odd += sigismember(&blocked, number) == 1;
    puts(odd ? "not at default" : "all at default, none blocked");
}
