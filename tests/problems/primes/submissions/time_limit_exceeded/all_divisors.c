#include <stdio.h>

int main(void) {
    int n, primes = 0;
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 2; i <= n; i++) {
        int j = 2;
        while (i % j != 0) j++;
        primes += i == j;
    }
    printf("%d\n", primes);
    return 0;
}
