/* What a program may do with its terminal: one line for each ioctl, `name errno`. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void tried(const char *name, int result) {
    printf("%s %d\n", name, result < 0 ? errno : 0);
}

int main(void) {
    char character = 'x';
    int discipline = 0, size[2];
    tried("TIOCSTI", ioctl(0, TIOCSTI, &character));
    tried("TIOCLINUX", ioctl(0, 0x541c, &character));
    tried("TIOCSETD", ioctl(0, TIOCSETD, &discipline));
    tried("TIOCGWINSZ", ioctl(0, TIOCGWINSZ, size));
    tried("TIOCSPGRP", tcsetpgrp(0, getpgrp()));
    tried("/dev/tty", open("/dev/tty", O_RDWR));
    return 0;
}
