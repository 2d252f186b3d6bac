#include <stdio.h>

int main(void) {
    long long n;
    if (scanf("%lld", &n) != 1) return 1;
    unsigned before = 0, ways = 1;
    while (n-- > 0) {
        unsigned next = (before + ways) % 1000000007u;
        before = ways;
        ways = next;
    }
    printf("%u\n", ways);
    return 0;
}
