// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=20000
// expected: 1\n
// stdout: 1\n
#include <stdio.h>

int main(void) {
    puts("1");
    fflush(stdout);
    for (volatile unsigned long turns = 0;; turns++) {}
}
