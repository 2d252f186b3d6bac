// expect: OutputLimitExceeded
// stderr-size: 1048576
// stderr-truncated: true
#include <stdio.h>

int main(void) {
    for (;;) fputs("error: everything is on fire\n", stderr);
}
