// expect: Accepted
// expected: no io_uring\n
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    char parameters[256] = {0};
    if (syscall(SYS_io_uring_setup, 8, parameters) < 0 && (errno == ENOSYS || errno == EPERM)) puts("no io_uring");
}
