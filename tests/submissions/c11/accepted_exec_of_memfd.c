// expect: Accepted
// expected: second life\n
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char **arguments) {
    (void)arguments;
    if (count == 2) return puts("second life") < 0;
    struct stat status;
    int self = open("/proc/self/exe", O_RDONLY), copy = memfd_create("copy", MFD_CLOEXEC);
    fstat(self, &status);
    for (off_t sent = 0; sent < status.st_size;)
        if (sendfile(copy, self, &sent, (size_t)status.st_size) <= 0) return 1;
    char *next[] = {"copy", "again", NULL}, *none[] = {NULL};
    fexecve(copy, next, none);
    return 2;
}
