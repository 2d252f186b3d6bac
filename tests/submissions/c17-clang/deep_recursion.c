// expect: Accepted
// expected: 5000050000\n
#include <stdio.h>

static long depth(volatile long n) {
    return n == 0 ? 0 : n + depth(n - 1);
}

int main(void) {
    printf("%ld\n", depth(100000));
}
