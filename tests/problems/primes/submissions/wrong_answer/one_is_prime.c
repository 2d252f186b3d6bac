#include <stdio.h>

static char composite[4000001];

int main(void) {
    int n, primes = 0;
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 1; i <= n; i++) {
        if (composite[i]) continue;
        primes++;
        for (long long j = (long long)i * i; i > 1 && j <= n; j += i) composite[j] = 1;
    }
    printf("%d\n", primes);
    return 0;
}
