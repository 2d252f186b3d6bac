#include <stdio.h>

/* Tapes at fixed places, wherever there is a hole in them: one too many in a case. */
int main(void) {
    long count, length, last = -1;
    if (scanf("%ld %ld", &count, &length) != 2) return 1;
    while (count-- > 0) {
        long hole;
        if (scanf("%ld", &hole) != 1) return 1;
        if (hole / (length + 1) != last) printf("%ld\n", hole / (length + 1) * (length + 1));
        last = hole / (length + 1);
    }
    return 0;
}
