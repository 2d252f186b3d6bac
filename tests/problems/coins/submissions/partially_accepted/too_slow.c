#include <stdio.h>

static int count, values[10];

/* 30: the fewest coins, of all ways to pay one coin after the other; -1 if there is none. */
static int fewest(int amount) {
    int best = -1;
    if (amount == 0) return 0;
    for (int i = 0; i < count; i++) {
        int more = values[i] <= amount ? fewest(amount - values[i]) : -1;
        if (more >= 0 && (best < 0 || more + 1 < best)) best = more + 1;
    }
    return best;
}

int main(void) {
    int amount;
    if (scanf("%d %d", &amount, &count) != 2) return 1;
    for (int i = 0; i < count; i++)
        if (scanf("%d", &values[i]) != 1) return 1;
    printf("%d\n", fewest(amount));
    return 0;
}
