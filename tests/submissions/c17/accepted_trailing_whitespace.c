// expect: Accepted
// expected: 1 2 3\nend
#include <stdio.h>

int main(void) {
    fputs("1 2 3   \nend \t\n\n \n", stdout);
}
