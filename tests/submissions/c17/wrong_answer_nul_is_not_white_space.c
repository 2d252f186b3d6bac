// expect: WrongAnswer
// expected: 5\n
#include <stdio.h>

int main(void) {
    fwrite("5\0\n", 1, 3, stdout);
}
