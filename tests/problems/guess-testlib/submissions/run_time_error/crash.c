#include <stdio.h>
#include <stdlib.h>

int main(void) {
    char reply[16];
    puts("500000");
    fflush(stdout);
    if (scanf("%15s", reply) == 1) abort();
    return 0;
}
