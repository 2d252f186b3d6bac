// expect: TimeLimitExceeded
// limits: cpu_ms=400
// max-wall-ms: 3000
#include <unistd.h>

int main(void) {
    for (;;) fork();
}
