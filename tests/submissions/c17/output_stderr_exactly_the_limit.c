// expect: Accepted
// limits: output_bytes=65536
// stderr-size: 65536
// stderr-truncated: false
#include <stdio.h>

int main(void) {
    for (int i = 0; i < 65536; i++) fputc('e', stderr);
}
