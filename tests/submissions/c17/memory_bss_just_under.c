// expect: Accepted
// limits: memory_bytes=67108864
#include <string.h>

static char block[61 << 20];

int main(void) {
    memset(block, 1, sizeof block);
    return block[12345] - 1;
}
