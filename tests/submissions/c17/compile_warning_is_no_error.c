// expect: Accepted
// log-contains: hidden by a warning
// expected: fine\n
#include <stdio.h>

#warning "hidden by a warning"

int main(void) {
    puts("fine");
}
