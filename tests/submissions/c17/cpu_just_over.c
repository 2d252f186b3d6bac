// expect: TimeLimitExceeded
// limits: cpu_ms=500 wall_ms=20000
// cpu-ms: 500..
// reason-contains: CPU
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>

int main(void) {
    struct timespec used;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec == 0 && used.tv_nsec < 560000000);
    puts("done");
}
