// expect: Accepted
// expected: first\nsecond\n
#include <stdio.h>

int main(void) {
    puts("first");
    fflush(stdout);
    FILE *again = fopen("/dev/stdout", "w");
    if (!again) return 1;
    fputs("second\n", again);
    fclose(again);
}
