#include <stdio.h>

/* Lengthens the ladder by small steps until it reaches. */
int main(void) {
    double a, b, length = 0;
    if (scanf("%lf %lf", &a, &b) != 2) return 1;
    while (length * length < a * a + b * b) length += 1e-7;
    printf("%.9f\n", length);
    return 0;
}
