#include <stdio.h>

int main(void) {
    int guests;
    if (scanf("%d", &guests) != 1) return 1;
    if (guests == 2 || guests == 3) return puts("impossible"), 0;
    for (int guest = guests - 1 + guests % 2; guest > 0; guest -= 2) printf("%d\n", guest);
    for (int guest = guests - guests % 2; guest > 0; guest -= 2) printf("%d\n", guest);
    return 0;
}
