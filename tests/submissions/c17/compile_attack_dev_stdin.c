// expect: Accepted
// expected: nothing came\n
// There is nothing on the compiler's input, and it does not wait for any.
#include "/dev/stdin"
#include <stdio.h>

int main(void) {
    puts("nothing came");
}
