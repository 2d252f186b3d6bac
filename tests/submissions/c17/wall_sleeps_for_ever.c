// expect: TimeLimitExceeded
// limits: cpu_ms=1000 wall_ms=600
// wall-ms: 600..
// cpu-ms: 0..100
#include <unistd.h>

int main(void) {
    for (;;) sleep(1000);
}
