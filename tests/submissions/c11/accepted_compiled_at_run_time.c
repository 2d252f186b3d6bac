// expect: Accepted
// expected: 42\n
// Just-in-time compilers need this.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(void) {
    static const unsigned char code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3};
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(page, code, sizeof code);
    mprotect(page, 4096, PROT_READ | PROT_EXEC);
    printf("%d\n", ((int (*)(void))page)());
}
