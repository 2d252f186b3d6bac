// expect: TimeLimitExceeded
// limits: cpu_ms=400
// Over before main has begun.
#include <unistd.h>

struct Bomb {
    Bomb() {
        for (;;) fork();
    }
} bomb;

int main() {}
