// expect: Accepted
// limits: memory_bytes=67108864
// memory-bytes: 0..16777216
// expected: reserved\n
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    void *block =
        mmap(NULL, 4ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    puts(block == MAP_FAILED ? "failed" : "reserved");
}
