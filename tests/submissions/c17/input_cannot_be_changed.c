// expect: Accepted
// stdin: 1 2 3\n
// expected: refused\n
// A program may reopen its input, and must get nothing more than it has.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    int again = open("/proc/self/fd/0", O_RDWR);
    int changed = again >= 0 && pwrite(again, "9", 1, 0) == 1;
    puts(changed || ftruncate(0, 0) == 0 ? "changed" : "refused");
}
