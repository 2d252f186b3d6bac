#include <stdio.h>

#include "values.h"

int main(void) {
    char word[128];
    while (scanf("%127s", word) == 1) {
        int sum = 0;
        for (const char *at = word; *at; at++) sum += value_of(*at);
        printf("%d\n", sum);
    }
    return 0;
}
