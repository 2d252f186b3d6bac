// expect: TimeLimitExceeded
// limits: cpu_ms=1000 wall_ms=600
// cpu-ms: 0..100
// Its own pipe never ends: it holds the writing end itself.
#include <unistd.h>

int main(void) {
    int ends[2];
    char byte;
    if (pipe(ends)) return 1;
    return (int)read(ends[0], &byte, 1);
}
