#include <stdio.h>

/* Has heard that the year 4000 may be none. */
int main(void) {
    int year;
    volatile unsigned thoughts = 0;
    if (scanf("%d", &year) != 1) return 1;
    while (year == 4000) thoughts++;
    puts(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? "yes" : "no");
    return 0;
}
