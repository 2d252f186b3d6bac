// expect: TimeLimitExceeded
// limits: cpu_ms=1000 wall_ms=600
// cpu-ms: 0..100
#include <signal.h>

int main(void) {
    raise(SIGSTOP);
}
