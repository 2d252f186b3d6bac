// expect: Accepted
// limits: processes=1
// expected: alone\n
#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts(fork() < 0 ? "alone" : "not alone");
}
