// expect: Accepted
// limits: file_bytes=1048576
// expected: 1048576\n
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 20];
    int file = open("out", O_CREAT | O_WRONLY, 0600);
    printf("%zd\n", write(file, block, sizeof block));
}
