// expect: Accepted
// expected: refused\n
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    int changed = open("/proc/self/exe", O_WRONLY) >= 0;
    changed += open("/proc/self/exe", O_RDWR | O_TRUNC) >= 0;
    changed += truncate("/proc/self/exe", 0) == 0;
    changed += chmod("/proc/self/exe", 0777) == 0;
    puts(changed ? "changed" : "refused");
}
