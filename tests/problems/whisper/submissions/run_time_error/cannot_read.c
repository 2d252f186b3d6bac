#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char task[8];
    if (scanf("%7s", task) != 1) return 1;
    if (strcmp(task, "write") != 0) abort();
    puts("ab");
    return 0;
}
