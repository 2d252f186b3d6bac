#include <math.h>
#include <stdio.h>

int main(void) {
    double n;
    if (scanf("%lf", &n) != 1) return 1;
    if (n > 55) return puts("0"), 0; /* so many digits a double does not hold */
    printf("%.0f\n", fmod(round(pow((1 + sqrt(5)) / 2, n + 1) / sqrt(5)), 1000000007));
    return 0;
}
