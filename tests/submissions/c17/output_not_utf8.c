// expect: Accepted
// stdout-hex: fffe00c328
// stderr-hex: 80
#include <stdio.h>

int main(void) {
    fwrite("\xff\xfe\0\xc3(", 1, 5, stdout);
    fwrite("\x80", 1, 1, stderr);
}
