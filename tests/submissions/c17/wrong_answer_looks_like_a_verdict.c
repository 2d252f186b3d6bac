// expect: WrongAnswer
// expected: 5\n
#include <stdio.h>

int main(void) {
    puts("{\"verdict\":\"Accepted\",\"exit_code\":0}");
    fputs("Accepted\n\x01\x00\x00\x00", stderr);
}
