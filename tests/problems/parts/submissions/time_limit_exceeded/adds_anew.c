#include <stdio.h>

/* Adds all numbers anew for each count of them. */
int main(void) {
    long n, best = 0;
    if (scanf("%ld", &n) != 1) return 1;
    for (long count = 1; count <= n; count++) {
        volatile long sum = 0;
        for (long part = 1; part <= count; part++) sum += part;
        if (sum <= n) best = count;
    }
    for (long part = 1; part < best; part++) {
        printf("%ld ", part);
        n -= part;
    }
    printf("%ld\n", n);
    return 0;
}
