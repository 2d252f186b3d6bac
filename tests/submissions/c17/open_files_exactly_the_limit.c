// expect: Accepted
// limits: open_files=32
// expected: 29 more, the first is 3\n
#include <fcntl.h>
#include <stdio.h>

int main(void) {
    int first = -1, more = 0;
    for (int file; (file = open("/dev/null", O_RDONLY)) >= 0; more++)
        if (first < 0) first = file;
    printf("%d more, the first is %d\n", more, first);
}
