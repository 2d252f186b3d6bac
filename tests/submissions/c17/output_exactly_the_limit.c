// expect: Accepted
// limits: output_bytes=65536
// stdout-size: 65536
// stdout-truncated: false
#include <stdio.h>

int main(void) {
    for (int i = 0; i < 65536; i++) putchar('x');
}
