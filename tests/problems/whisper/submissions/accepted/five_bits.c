#include <stdio.h>
#include <string.h>

int main(void) {
    char task[8], text[512];
    if (scanf("%7s %511s", task, text) != 2) return 1;
    if (strcmp(task, "write") == 0) {
        for (char *at = text; *at; at++)
            for (int bit = 0; bit < 5; bit++) putchar((*at - 'a') >> bit & 1 ? 'b' : 'a');
    } else {
        for (char *at = text; *at; at += 5) {
            int letter = 0;
            for (int bit = 0; bit < 5; bit++) letter |= (at[bit] - 'a') << bit;
            putchar('a' + letter);
        }
    }
    putchar('\n');
    return 0;
}
