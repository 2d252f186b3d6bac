// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
#include <stdio.h>

int main(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) != 2) return 1;
    printf("%d\n", a - b);
}
