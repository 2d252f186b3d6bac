// expect: RuntimeError
// signal: SIGFPE
// reason-contains: SIGFPE
#include <stdio.h>

int main(void) {
    volatile int zero = 0;
    printf("%d\n", 1 / zero);
}
