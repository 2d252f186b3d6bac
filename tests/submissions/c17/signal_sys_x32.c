// expect: RuntimeError
// signal: SIGSYS
// reason-contains: system call
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
    printf("getpid as x32: %ld\n", syscall(0x40000000 | 39));
}
