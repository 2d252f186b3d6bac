// expect: Accepted
// stdin-size: 1048576
// expected: closed\n
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
    char byte;
    if (read(0, &byte, 1) != 1 || close(0)) return 1;
    usleep(100000);
    puts("closed");
}
