// expect: OutputLimitExceeded
// limits: output_bytes=65536
// stdout-size: 65536
// stdout-truncated: true
#include <stdio.h>

int main(void) {
    for (int i = 0; i < 65537; i++) putchar('x');
}
