// expect: Accepted
// stdout: anything at all\n
#include <stdio.h>

int main(void) {
    puts("anything at all");
}
