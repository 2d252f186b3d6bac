// expect: TimeLimitExceeded
// limits: cpu_ms=300
#include <sched.h>
#include <stdlib.h>

int main(void) {
    struct sched_param highest = {.sched_priority = 99};
    if (sched_setscheduler(0, SCHED_FIFO, &highest) == 0) return 1;
    for (volatile unsigned long turns = 0;; turns++) {}
}
