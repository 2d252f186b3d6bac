#include <stdio.h>

int main(void) {
    int rest, part = 1;
    if (scanf("%d", &rest) != 1) return 1;
    for (; rest > 2 * part; part++) {
        printf("%d ", part);
        rest -= part;
    }
    printf("%d\n", rest);
    return 0;
}
