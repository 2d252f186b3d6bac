// expect: WrongAnswer
// expected: 1 2\n
#include <stdio.h>

int main(void) {
    puts("12");
}
