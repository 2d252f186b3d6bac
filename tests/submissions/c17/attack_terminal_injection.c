// expect: Accepted
// expected: refused\n
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int reached;

static void note(int done, const char *what) {
    if (done) printf("%s\n", what), reached++;
}

int main(void) {
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        note(ioctl(descriptor, TIOCSTI, "x") == 0 || errno != EPERM, "TIOCSTI was not refused");
        // Filters that compare 64 bits let this one through; the kernel looks at 32.
        errno = 0;
        note(syscall(SYS_ioctl, descriptor, 0x8000000000005412ul, "x") == 0 || errno != EPERM, "nor with high bits");
    }
    note(open("/dev/tty", O_RDWR) >= 0, "opened /dev/tty");
    note(open("/dev/ptmx", O_RDWR) >= 0, "opened /dev/ptmx");
    note(open("/dev/pts/ptmx", O_RDWR) >= 0, "opened /dev/pts/ptmx");
    if (!reached) puts("refused");
}
