#include <stdio.h>

int main(void) {
    long long a, b;
    while (scanf("%lld %lld", &a, &b) == 2) {
        volatile long long steps = 0; /* volatile: or else the compiler does not count */
        for (; a < b; a++) steps++;
        for (; b < a; b++) steps++;
        printf("%lld\n", steps);
    }
    return 0;
}
