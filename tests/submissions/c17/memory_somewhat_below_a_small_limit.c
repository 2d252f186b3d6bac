// expect: Accepted
// limits: memory_bytes=1048576
// memory-bytes: 700000..1048576
#include <stdlib.h>
#include <string.h>

int main(void) {
    volatile char *block = malloc(700 * 1024);
    if (block == NULL) return 1;
    memset((char *)block, 1, 700 * 1024);
    return block[1] - 1;
}
