#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Remembers when each number came: 128 MiB where all of them come. */
int main(void) {
    uint64_t x, a, c, m;
    if (scanf("%lu %lu %lu %lu", &x, &a, &c, &m) != 4) return 1;
    int32_t *when = calloc(m, sizeof *when), now = 1;
    if (!when) return 1;
    for (; when[x] == 0; x = (a * x + c) % m) when[x] = now++;
    printf("%d\n", now - when[x]);
    return 0;
}
