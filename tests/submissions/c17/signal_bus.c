// expect: RuntimeError
// signal: SIGBUS
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int file = open("empty", O_CREAT | O_RDWR, 0600);
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
    return page[0];
}
