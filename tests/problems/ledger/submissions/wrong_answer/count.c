#include <stdio.h>

int main(void) {
    FILE *ledger = fopen("ledger.txt", "r"), *balance = fopen("balance.txt", "w");
    int entry, entries = 0;
    while (fscanf(ledger, "%d", &entry) == 1) ++entries;
    fprintf(balance, "%d\n", -entries);
    return 0;
}
