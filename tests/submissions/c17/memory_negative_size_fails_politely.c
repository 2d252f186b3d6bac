// expect: Accepted
// expected: refused\n
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    volatile size_t size = (size_t)-4096;
    puts(malloc(size) ? "given" : "refused");
}
