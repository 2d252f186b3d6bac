#include <stdio.h>

int main(void) {
    int count, height, greatest = 0;
    FILE *table = fopen("heights.csv", "w");
    if (table == NULL || scanf("%d", &count) != 1) return 1;
    for (int place = 0; place < count; place++) {
        if (scanf("%d", &height) != 1) return 1;
        fprintf(table, "%d,%d\n", place, height);
        if (height > greatest) greatest = height;
    }
    fclose(table);
    printf("%d\n", greatest);
    return 0;
}
