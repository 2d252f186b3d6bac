// expect: OutputLimitExceeded
// limits: output_bytes=4
// stdout-hex: c3a4c3a4
#include <stdio.h>

int main(void) {
    fputs("\u00e4\u00e4\u00e4", stdout);
}
