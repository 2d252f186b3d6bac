// expect: RuntimeError
// limits: stack_bytes=8388608
// signal: SIGSEGV
#include <stdio.h>

static int deep(int levels) {
    volatile char frame[4000];
    frame[0] = (char)levels;
    return levels == 0 ? frame[0] : deep(levels - 1) + 1 + frame[1] * 0;
}

int main(void) {
    printf("%d\n", deep(2200));
}
