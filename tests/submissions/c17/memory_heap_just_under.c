// expect: Accepted
// limits: memory_bytes=67108864
// memory-bytes: 63000000..67108864
// expected: touched\n
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *volatile kept; // or the compiler would leave the allocation out

int main(void) {
    size_t size = 61ul << 20;
    char *block = kept = malloc(size);
    if (!block) return 1;
    memset(block, 1, size);
    puts(block[size / 2] ? "touched" : "not touched");
}
