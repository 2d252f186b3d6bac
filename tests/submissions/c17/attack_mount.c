// expect: Accepted
// expected: refused\n
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    int reached = mount("none", "/tmp", "tmpfs", 0, NULL) == 0;
    reached += mount("/", "/tmp", NULL, MS_BIND, NULL) == 0;
    reached += mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0;
    reached += umount2("/proc", MNT_DETACH) == 0;
    reached += chroot("/tmp") == 0;
    reached += syscall(SYS_pivot_root, "/tmp", "/tmp") == 0;
    reached += syscall(430, "tmpfs", 0) >= 0;
    reached += syscall(428, -100, "/", 1) >= 0;
    reached += syscall(442, -100, "/", 0, NULL, 0) >= 0;
    puts(reached ? "mounted something" : "refused");
}
