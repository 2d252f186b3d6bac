#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void stars(size_t count) {
    while (count-- > 0) putchar('*');
    puts(" "); /* nobody sees this space */
}

int main(void) {
    char text[64];
    if (!fgets(text, sizeof text, stdin)) return 1;
    text[strcspn(text, "\n")] = '\0';
    for (char *at = text; *at; at++) *at = (char)toupper((unsigned char)*at);
    stars(strlen(text) + 4);
    printf("* %s *\n", text);
    stars(strlen(text) + 4);
    return 0;
}
