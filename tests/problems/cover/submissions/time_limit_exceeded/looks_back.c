#include <stdio.h>

static char is_hole[1000001];

/* Looks along the whole hose again at each place of it. */
int main(void) {
    long count, length, last = 0, end = -1;
    if (scanf("%ld %ld", &count, &length) != 2) return 1;
    while (count-- > 0) {
        if (scanf("%ld", &last) != 1) return 1;
        is_hole[last] = 1;
    }
    for (long place = 0; place <= last; place++) {
        volatile long hole = -1;
        for (long at = 0; at <= place; at++) {
            if (is_hole[at]) hole = at;
        }
        if (hole == place && hole > end) {
            printf("%ld\n", hole);
            end = hole + length;
        }
    }
    return 0;
}
