// expect: Accepted
// expected: refused\n
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    int reached = 0;
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        reached += ioctl(descriptor, TIOCSTI, "x") == 0 || errno != EPERM;
        reached += syscall(SYS_ioctl, descriptor, 0x8000000000005412ul, "x") == 0;
    }
    reached += open("/dev/tty", O_RDWR) >= 0;
    reached += open("/dev/ptmx", O_RDWR) >= 0;
    puts(reached ? "reached a terminal" : "refused");
}
