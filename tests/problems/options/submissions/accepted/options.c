#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    const char *prefix = "";
    int upper = 0, at_start = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--upper") == 0) upper = 1;
        else if (i + 1 < argc) prefix = argv[++i];
    }
    for (int c; (c = getchar()) != EOF; at_start = c == '\n') {
        if (at_start) fputs(prefix, stdout);
        putchar(upper ? toupper(c) : c);
    }
    return 0;
}
