// expect: MemoryLimitExceeded
// limits: memory_bytes=33554432
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 20];
    int file = memfd_create("hoard", 0);
    for (int i = 0; i < 60; i++)
        if (write(file, block, sizeof block) < 0) return 1;
}
