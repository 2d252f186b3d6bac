#include <stdio.h>

int main(void) {
    long low = 1, high;
    char reply = 0;
    if (scanf("%ld %*d", &high) != 1) return 1;
    while (reply != '=') {
        long guess = low + (high - low) / 2;
        printf("%ld\n", guess);
        fflush(stdout);
        if (scanf(" %c", &reply) != 1) return 1;
        if (reply == '<') high = guess - 1;
        else low = guess + 1;
    }
    puts("found it");
    return 0;
}
