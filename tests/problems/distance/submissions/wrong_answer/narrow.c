#include <stdio.h>

int main(void) {
    long long a, b;
    while (scanf("%lld %lld", &a, &b) == 2) {
        unsigned distance = (unsigned)(a < b ? b - a : a - b); /* 32 bits */
        printf("%u\n", distance);
    }
    return 0;
}
