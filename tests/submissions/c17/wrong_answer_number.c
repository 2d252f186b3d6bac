// expect: WrongAnswer
// stdin: 1 2\n
// expected: 3\n
// stdout: -1\n
#include <stdio.h>

int main(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) != 2) return 1;
    printf("%d\n", a - b);
}
