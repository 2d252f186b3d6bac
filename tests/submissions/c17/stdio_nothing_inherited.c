// expect: Accepted
// expected: 0 1 2\n
#include <fcntl.h>
#include <stdio.h>

int main(void) {
    const char *gap = "";
    for (int descriptor = 0; descriptor < 4096; descriptor++)
        if (fcntl(descriptor, F_GETFD) >= 0) {
            printf("%s%d", gap, descriptor);
            gap = " ";
        }
    puts("");
}
