#include <stdio.h>

int main(void) {
    volatile unsigned thoughts = 0;
    puts("500000");
    fflush(stdout);
    for (;;) thoughts++; /* never reads the reply */
}
