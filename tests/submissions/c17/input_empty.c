// expect: Accepted
// stdin:
// expected: end of file\n
#include <stdio.h>

int main(void) {
    puts(getchar() == EOF ? "end of file" : "something");
}
