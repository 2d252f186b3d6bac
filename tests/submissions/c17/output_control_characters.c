// expect: Accepted
// stdout-hex: 1b5b33316d07080d0a7f
#include <stdio.h>

int main(void) {
    fputs("\033[31m\a\b\r\n\177", stdout);
}
