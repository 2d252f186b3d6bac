// expect: Accepted
// stdin-size: 67108864
// limits: cpu_ms=3000 wall_ms=15000
// expected: 67108864\n
#include <stdio.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 16];
    long total = 0;
    for (ssize_t got; (got = read(0, block, sizeof block)) > 0;) total += got;
    printf("%ld\n", total);
}
