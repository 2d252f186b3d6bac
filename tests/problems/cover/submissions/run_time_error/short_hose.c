#include <assert.h>
#include <stdio.h>

#define LONGEST 1000

static char is_covered[LONGEST];

int main(void) {
    long count, length, hole;
    if (scanf("%ld %ld", &count, &length) != 2) return 1;
    while (count-- > 0) {
        if (scanf("%ld", &hole) != 1) return 1;
        assert(hole < LONGEST);
        if (is_covered[hole]) continue;
        printf("%ld\n", hole);
        for (long at = hole; at <= hole + length && at < LONGEST; at++) is_covered[at] = 1;
    }
    return 0;
}
