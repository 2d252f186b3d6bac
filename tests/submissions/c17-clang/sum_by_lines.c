// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    char a[32], b[32];
    if (!fgets(a, sizeof a, stdin) || !fgets(b, sizeof b, stdin)) return 1;
    printf("%d\n", atoi(a) + atoi(b));
}
