// expect: Accepted
// stdout: refused\n
#include <stdio.h>

int main(void) {
    char byte;
    FILE *file = fopen("/proc/1/environ", "r");
    puts(file && fread(&byte, 1, 1, file) == 1 ? "read" : "refused");
}
