#include <stdio.h>

int main(void) {
    int n;
    if (scanf("%d", &n) != 1) return 1;
    for (int mark = 1; mark <= n; mark *= 2) printf("%d ", mark);
    puts("");
    return 0;
}
