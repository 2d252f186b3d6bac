// expect: WrongAnswer
// expected: yes\n
#include <stdio.h>

int main(void) {
    puts("YES");
}
