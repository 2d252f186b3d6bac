// expect: Accepted
// limits: output_bytes=32768
// stdout-size: 32768
// stderr-size: 32768
#include <stdio.h>
#include <string.h>

int main(void) {
    char block[32768];
    memset(block, 'o', sizeof block);
    fwrite(block, 1, sizeof block, stdout);
    fwrite(block, 1, sizeof block, stderr);
}
