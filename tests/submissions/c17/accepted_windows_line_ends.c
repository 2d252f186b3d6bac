// expect: Accepted
// expected: a\nb\n
#include <stdio.h>

int main(void) {
    fputs("a\r\nb\r\n", stdout);
}
