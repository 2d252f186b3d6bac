// expect: WrongAnswer
// expected: 3\n
#include <stdio.h>
#include <unistd.h>

int main(void) {
    close(1);
    puts("3");
}
