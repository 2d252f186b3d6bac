// expect: RuntimeError
// expected: 3\n
// stdout: 3\n
// exit-code: 7
#include <stdio.h>

int main(void) {
    puts("3");
    return 7;
}
