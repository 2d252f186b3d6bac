#include <stdio.h>

int main(void) {
    int count;
    if (scanf("%d", &count) != 1) return 1;
    while (count-- > 0) putchar(count % 2 ? 'A' : 'B');
    putchar('\n');
    return 0;
}
