#include <stdio.h>
#include <string.h>

static int look_up(const char *path, const char *wanted) {
    char article[64];
    int number, found = 0;
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    while (fscanf(file, " %63[^,],%d", article, &number) == 2)
        if (strcmp(article, wanted) == 0) found = number;
    fclose(file);
    return found;
}

/* Writes a receipt first, and adds up what is on it. */
int main(void) {
    char article[64];
    int price, sum = 0;
    FILE *receipt = fopen("receipt.txt", "w+");
    if (!receipt) return 1;
    while (scanf("%63s", article) == 1) {
        price = look_up("prices.csv", article) * (100 - look_up("discounts/today.csv", article)) / 100;
        fprintf(receipt, "%s %d\n", article, price);
    }
    rewind(receipt);
    while (fscanf(receipt, "%63s %d", article, &price) == 2) sum += price;
    printf("%d\n", sum);
    return 0;
}
