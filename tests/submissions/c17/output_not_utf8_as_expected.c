// expect: Accepted
// expected-hex: ff0a
#include <stdio.h>

int main(void) {
    fwrite("\xff\n", 1, 2, stdout);
}
