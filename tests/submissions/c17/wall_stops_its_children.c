// expect: Accepted
// limits: cpu_ms=1000 wall_ms=3000
// max-wall-ms: 1000
// Stopped processes must be killed too.
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 5; i++) {
        pid_t child = fork();
        if (child == 0)
            for (;;) pause();
        kill(child, SIGSTOP);
    }
}
