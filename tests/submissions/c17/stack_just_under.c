// expect: Accepted
// limits: stack_bytes=8388608
// expected: 1900\n
#include <stdio.h>

static int deep(int levels) {
    volatile char frame[4000] __attribute__((unused));
    frame[0] = (char)levels;
    if (levels == 0) return 0;
    int below = deep(levels - 1);
    frame[1] = (char)below; // after the call, or the compiler would make a loop of it
    return below + 1;
}

int main(void) {
    printf("%d\n", deep(1900));
}
