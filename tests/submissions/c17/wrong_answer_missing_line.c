// expect: WrongAnswer
// expected: 1\n2\n3\n
#include <stdio.h>

int main(void) {
    puts("1\n2");
}
