// expect: Accepted
// limits: cpu_ms=5000
// expected: full\n
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 16];
    int file = open("/dev/shm/hoard", O_CREAT | O_RDWR, 0);
    for (int i = 0; i < 512 && file >= 0; i++)
        if (write(file, block, sizeof block) <= 0) break;
    puts("full");
}
