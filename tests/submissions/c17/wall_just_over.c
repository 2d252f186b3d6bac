// expect: TimeLimitExceeded
// limits: cpu_ms=1000 wall_ms=1000
// wall-ms: 1000..
// cpu-ms: 0..200
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
    usleep(1200000);
}
