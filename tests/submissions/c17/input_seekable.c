// expect: Accepted
// stdin: 42 7\n
// expected: 0 5 42 5\n
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    int number = 0;
    long begin = lseek(0, 0, SEEK_CUR);
    if (fseek(stdin, 0, SEEK_END) != 0) return 1;
    long size = ftell(stdin);
    rewind(stdin);
    if (scanf("%d", &number) != 1) return 2;
    struct stat again;
    if (fstat(open("/dev/stdin", O_RDONLY), &again) != 0) return 3;
    printf("%ld %ld %d %ld\n", begin, size, number, (long)again.st_size);
}
