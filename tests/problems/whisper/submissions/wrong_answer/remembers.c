#include <stdio.h>

/* Hopes that what it keeps in a file is there the next time. */
int main(void) {
    char task[8], word[512] = "";
    if (scanf("%7s %511s", task, word) != 2) return 1;
    FILE *file = fopen("memory.txt", task[0] == 'w' ? "w" : "r");
    if (task[0] == 'w') {
        if (file) fputs(word, file);
        puts("a");
    } else {
        if (file && fscanf(file, "%511s", word) != 1) return 1;
        printf("%s\n", file ? word : "?");
    }
    return 0;
}
