#include <stdio.h>

/* Counts how far each number is from what is missing to the sum. */
int main(void) {
    long long count, sum, numbers[1000];
    if (scanf("%lld %lld", &count, &sum) != 2 || count > 1000) return 1;
    for (int at = 0; at < count; at++) {
        if (scanf("%lld", &numbers[at]) != 1) return 1;
    }
    for (int one = 0; one < count; one++) {
        for (int other = one + 1; other < count; other++) {
            volatile long long steps; /* volatile: or else the compiler does not count */
            for (int again = 0; again < 4; again++) { /* to be sure */
                steps = 0;
                for (long long at = numbers[one]; at < sum - numbers[other]; at++) steps++;
                for (long long at = numbers[one]; at > sum - numbers[other]; at--) steps++;
            }
            if (steps == 0) return printf("%d %d\n", one + 1, other + 1), 0;
        }
    }
    puts("impossible");
    return 0;
}
