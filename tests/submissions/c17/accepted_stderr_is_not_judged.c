// expect: Accepted
// expected: 7\n
// stderr: debug: about to print 7\n
#include <stdio.h>

int main(void) {
    fputs("debug: about to print 7\n", stderr);
    puts("7");
}
