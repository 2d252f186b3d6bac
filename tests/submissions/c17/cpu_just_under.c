// expect: Accepted
// limits: cpu_ms=500 wall_ms=20000
// cpu-ms: 400..500
// expected: done\n
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>

int main(void) {
    struct timespec used;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec == 0 && used.tv_nsec < 410000000);
    puts("done");
}
