// expect: Accepted
// expected: refused\n
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <fcntl.h>

int main(void) {
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
    int reached = ptrace(PTRACE_ATTACH, 1, 0, 0) == 0;
    reached += ptrace(PTRACE_SEIZE, 1, 0, 0) == 0;
    reached += process_vm_readv(1, &here, 1, &there, 1, 0) >= 0;
    reached += open("/proc/1/mem", O_RDONLY) >= 0;
    reached += open("/proc/1/environ", O_RDONLY) >= 0;
    reached += open("/proc/1/fd/0", O_RDONLY) >= 0;
    reached += open("/proc/1/root/etc/passwd", O_RDONLY) >= 0;
    puts(reached ? "reached the monitor" : "refused");
}
