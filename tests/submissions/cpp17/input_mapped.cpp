// expect: Accepted
// stdin: 1 2 3\n
// expected: 6 6\n
#include <cstdio>
#include <sys/mman.h>
#include <sys/stat.h>

int main() {
    struct stat about;
    if (fstat(0, &about) != 0 || !S_ISREG(about.st_mode)) return 1;
    void *mapped = mmap(nullptr, about.st_size, PROT_READ, MAP_PRIVATE, 0, 0);
    if (mapped == MAP_FAILED) return 2;
    const char *text = static_cast<const char *>(mapped);
    long sum = 0;
    for (long at = 0; at < about.st_size; at++)
        if (text[at] >= '0' && text[at] <= '9') sum += text[at] - '0';
    std::printf("%ld %ld\n", about.st_size, sum);
}
