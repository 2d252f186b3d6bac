// expect: Accepted
// expected: odd\n
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char longest[256];
    memset(longest, 'n', 255);
    longest[255] = 0;
    const char *names[] = {longest, "-rf", "\n", "\xff\xfe", "..  ", "*", "\033[2J", " ", "a\\b"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) close(open(names[i], O_CREAT | O_WRONLY, 0));
    puts("odd");
}
