// expect: RuntimeError
// signal: SIGILL
// reason-contains: division by 0
#include <stdio.h>

int main(void) {
    int people = 0;
    printf("%d\n", 10 / people);
}
