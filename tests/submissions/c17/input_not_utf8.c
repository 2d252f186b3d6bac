// expect: Accepted
// stdin-hex: 00ff80c3280a
// expected: 00 ff 80 c3 28 0a\n
#include <stdio.h>

int main(void) {
    const char *gap = "";
    for (int byte; (byte = getchar()) != EOF; gap = " ") printf("%s%02x", gap, byte);
    puts("");
}
