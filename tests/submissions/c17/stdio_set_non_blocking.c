// expect: Accepted
// stdout-size: 500000
// Flags set on its own pipe must not disturb who reads it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int main(void) {
    static char block[1000];
    fcntl(0, F_SETFL, O_NONBLOCK);
    fcntl(1, F_SETFL, O_NONBLOCK);
    fcntl(1, F_SETPIPE_SZ, 4096);
    for (int written = 0; written < 500000;) {
        ssize_t now = write(1, block, sizeof block);
        if (now > 0) written += (int)now;
        if (now < 0 && errno != EAGAIN) return 1;
        if (now < 0) usleep(100);
        if (now > 0 && now < (ssize_t)sizeof block) return 2;
    }
}
