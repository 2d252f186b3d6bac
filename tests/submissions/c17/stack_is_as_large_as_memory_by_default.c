// expect: Accepted
// limits: memory_bytes=268435456
// expected: 25000\n
#include <stdio.h>

static int deep(int levels) {
    volatile char frame[4000];
    frame[0] = (char)levels;
    return levels == 0 ? 0 : deep(levels - 1) + 1 + frame[1] * 0;
}

int main(void) {
    printf("%d\n", deep(25000));
}
