// expect: RuntimeError
// signal: SIGSEGV
// stdin: 7\n
// reason-contains: local variables that are too large for the stack
// memory-bytes: ..20000000
#include <stdio.h>

int main(void) {
    int seen[100000000];
    int n;
    scanf("%d", &n);
    for (int i = 0; i < 100; i++) seen[i * n] = i;
    printf("%d\n", seen[n]);
}
