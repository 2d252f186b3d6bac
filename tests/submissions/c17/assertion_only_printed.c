// expect: RuntimeError
// exit-code: 3
// reason-contains: exited with status 3
#include <stdio.h>

int main(void) {
    fprintf(stderr, "main: main.c:7: main: Assertion `true' failed.\nterminate called after throwing an instance of 'int'\n");
    return 3;
}
