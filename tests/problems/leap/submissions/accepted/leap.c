#include <stdio.h>

int main(void) {
    int year;
    if (scanf("%d", &year) != 1) return 1;
    puts(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? "yes" : "no");
    return 0;
}
