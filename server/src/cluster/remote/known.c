/* What comes of it is known: known.rs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    char what[16];
    if (scanf("%15s", what) != 1) return 1;
    if (!strcmp(what, "fail")) return 7;
    if (!strcmp(what, "spin")) for (volatile unsigned long n = 0;; n++) {}
    if (!strcmp(what, "grab")) for (;;) {
        char *volatile some = malloc(1 << 20);
        if (!some) return 2;
        memset(some, 1, 1 << 20);
    }
    unsigned long long whole = 1;
    double part = 0;
    for (unsigned n = 1; n <= 1000000; n++) {
        whole = whole * 6364136223846793005ULL + n;
        part += 1.0 / n;
    }
    printf("%llu %.9f\n", whole, part);
}
