#include <stdio.h>
#include <string.h>

int main(void) {
    int low = 1, high = 1000000;
    char reply[16] = "";
    while (strcmp(reply, "correct") != 0) {
        int guess = (low + high) / 2;
        printf("%d\n", guess);
        fflush(stdout);
        if (scanf("%15s", reply) != 1) return 1;
        if (strcmp(reply, "lower") == 0) high = guess - 1;
        if (strcmp(reply, "higher") == 0) low = guess + 1;
    }
    return 0;
}
