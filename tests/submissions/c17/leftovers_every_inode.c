// expect: Accepted
// limits: cpu_ms=5000 wall_ms=10000
// expected: full\n
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    static const char *const places[] = {".", "/tmp", "/dev/shm"};
    for (int place = 0; place < 3; place++)
        for (int i = 0; i < 100000; i++) {
            char path[64];
            snprintf(path, sizeof path, "%s/%d", places[place], i);
            int file = open(path, O_CREAT | O_WRONLY, 0600);
            if (file < 0) break;
            close(file);
        }
    puts("full");
}
