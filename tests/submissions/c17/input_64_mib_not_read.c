// expect: Accepted
// stdin-size: 67108864
// expected: not interested\n
// max-wall-ms: 1000
#include <stdio.h>

int main(void) {
    puts("not interested");
}
