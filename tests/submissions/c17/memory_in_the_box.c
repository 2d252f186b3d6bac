// expect: MemoryLimitExceeded
// limits: memory_bytes=33554432
// Files of the box are memory.
#include <fcntl.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 20];
    const char *names[] = {"one", "two"};
    for (int file = 0; file < 2; file++) {
        int descriptor = open(names[file], O_CREAT | O_WRONLY, 0600);
        for (int i = 0; i < 24; i++)
            if (write(descriptor, block, sizeof block) < 0) return 1;
    }
}
