// expect: Accepted
// exit-code: 0
#include <stdlib.h>

int main(void) {
    exit(256);
}
