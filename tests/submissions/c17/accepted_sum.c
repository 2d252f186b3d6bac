// expect: Accepted
// stdin: 1 2\n
// expected: 3\n
// stdout: 3\n
// exit-code: 0
#include <stdio.h>

int main(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) != 2) return 1;
    printf("%d\n", a + b);
}
