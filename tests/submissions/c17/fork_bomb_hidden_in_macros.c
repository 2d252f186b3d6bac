// expect: TimeLimitExceeded
// limits: cpu_ms=400
// No word of the source says what it calls.
#include <unistd.h>

#define glue(a, b) a##b
#define harmless glue(fo, rk)
#define again while (1)

int main(void) {
    again harmless();
}
