// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
#include <stdlib.h>
#include <string.h>

int main(void) {
    for (;;) {
        volatile char *block = malloc(1 << 20);
        for (int i = 0; i < 1 << 20; i += 4096) block[i] = 1;
    }
}
