// expect: Accepted
// expected: 6 97 1\n
#include <iconv.h>
#include <stdio.h>

// The C library loads a module for each; a module of another release would kill a static program.
int main(void) {
    char text[] = "abc", wide[16] = {0};
    char *in = text, *out = wide;
    size_t left = 3, room = sizeof wide;
    iconv_t to = iconv_open("UTF-16LE", "UTF-8");
    if (to == (iconv_t)-1 || iconv(to, &in, &left, &out, &room) != 0) return 1;
    FILE *file = fopen("x", "w,ccs=UTF-16LE");
    printf("%d %d %d\n", (int)(out - wide), wide[0], file != NULL);
}
