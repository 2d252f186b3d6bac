// expect: Accepted
// expected: not implemented\n
// A call that nobody has reviewed looks like one of a newer kernel.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    if (syscall(900) == -1 && errno == ENOSYS) puts("not implemented");
}
