// expect: Accepted
// stdin-size: 80000
// expected: 80000 80000\n
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    struct stat again;
    if (fstat(open("/proc/self/fd/0", O_RDONLY), &again) != 0) return 1;
    if (mmap(NULL, again.st_size, PROT_READ, MAP_SHARED, 0, 0) == MAP_FAILED) return 2;
    printf("%ld %ld\n", (long)lseek(0, 0, SEEK_END), (long)again.st_size);
}
