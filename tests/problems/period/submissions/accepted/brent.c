#include <stdint.h>
#include <stdio.h>

int main(void) {
    uint64_t x, a, c, m;
    if (scanf("%lu %lu %lu %lu", &x, &a, &c, &m) != 4) return 1;
    /* Waits at one number for twice as long each time, until it comes again. */
    uint64_t waits_for = x, length = 0, patience = 1;
    do {
        if (length == patience) {
            waits_for = x;
            patience *= 2;
            length = 0;
        }
        x = (a * x + c) % m;
        length++;
    } while (x != waits_for);
    printf("%lu\n", length);
    return 0;
}
