// expect: Accepted
// expected: nothing gained\n
// A set-uid file of its own, and the usual ones of an image.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    static const char *const paths[] = {"/bin/su",          "/usr/bin/su",     "/usr/bin/passwd", "/usr/bin/mount",
                                        "/usr/bin/umount",  "/usr/bin/chsh",   "/usr/bin/sudo",   "/usr/bin/newgrp",
                                        "/usr/bin/gpasswd", "/usr/bin/chfn"};
    struct stat status;
    int gained = 0;
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++)
        if (stat(paths[i], &status) == 0 && status.st_mode & (S_ISUID | S_ISGID)) printf("%s\n", paths[i]), gained++;
    int file = open("shell", O_CREAT | O_WRONLY, 0700);
    gained += file < 0;
    gained += chown("shell", 0, 0) == 0;
    if (!gained) puts("nothing gained");
}
