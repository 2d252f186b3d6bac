// expect: MemoryLimitExceeded
// limits: memory_bytes=33554432 wall_ms=8000
// The memory belongs to a memfd and every process is small: whoever looks for the largest process finds the monitor.
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 16];
    int file = memfd_create("hoard", 0);
    for (int i = 0; i < 20; i++)
        if (fork() == 0)
            for (;;)
                if (write(file, block, sizeof block) < 0) pause();
    for (;;) pause();
}
