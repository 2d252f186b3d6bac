// expect: Accepted
// expected: 20\n
#include <stdio.h>

twice(n) {
    return 2 * n;
}

int main(void) {
    alarm(20);
    printf("%d\n", twice(alarm(0) / 2));
    return 0;
}
