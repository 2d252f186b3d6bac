// expect: Accepted
// stdout: Hello, world!\n
#include <stdio.h>

int main(void) {
    puts("Hello, world!");
    return 0;
}
