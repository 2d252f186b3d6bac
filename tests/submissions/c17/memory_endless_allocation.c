// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864
#include <stdlib.h>
#include <string.h>

static char *volatile kept; // or the compiler would leave the allocation out

int main(void) {
    for (;;) {
        char *block = kept = malloc(1 << 20);
        if (block) memset(block, 1, 1 << 20);
    }
}
