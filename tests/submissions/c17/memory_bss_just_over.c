// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864
#include <string.h>

static volatile char block[66 << 20];

int main(void) {
    for (size_t at = 0; at < sizeof block; at += 4096) block[at] = 1;
    return block[4096] - 1;
}
