// expect: OutputLimitExceeded
// limits: output_bytes=65536
// stderr-size: 65536
// stderr-truncated: true
#include <stdio.h>

int main(void) {
    static char block[65537];
    fwrite(block, 1, sizeof block, stderr);
}
