#include <stdio.h>

int main(void) {
    int count, sum, numbers[1000];
    if (scanf("%d %d", &count, &sum) != 2) return 1;
    for (int i = 0; i < count; i++) {
        if (scanf("%d", &numbers[i]) != 1) return 1;
        for (int j = 0; j < i; j++)
            if (numbers[i] + numbers[j] == sum) return printf("%d %d\n", j, i), 0;
    }
    puts("impossible");
    return 0;
}
