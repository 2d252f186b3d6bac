// expect: OutputLimitExceeded
// stdout-size: 1048576
// stdout-truncated: true
// max-wall-ms: 3000
#include <stdio.h>

int main(void) {
    for (;;) puts("The quick brown fox jumps over the lazy dog, again and again and again.");
}
