#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1 << 16 };

/* Keeps each line, and does not see that there are no more. */
int main(void) {
    FILE *ledger = fopen("ledger.txt", "r");
    if (ledger == NULL) return 1;
    for (;;) {
        char *line = malloc(LONGEST);
        if (line == NULL) return 1;
        memset(line, ' ', LONGEST);
        if (fgets(line, LONGEST, ledger) == NULL) line[0] = 0;
    }
}
