// expect: RuntimeError
// signal: SIGSYS
// reason-contains: system call
// The 32-bit gate: call numbers mean other calls there.
#include <stdio.h>

int main(void) {
    long pid;
    __asm__ volatile("int $0x80" : "=a"(pid) : "a"(20) : "memory");
    printf("getpid by the 32-bit gate: %ld\n", pid);
}
