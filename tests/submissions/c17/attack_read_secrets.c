// expect: Accepted
// expected: nothing to read\n
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    static const char *const paths[] = {
        "/etc/shadow",       "/etc/gshadow",        "/root/.ssh/id_rsa", "/root/.bash_history",
        "/proc/kcore",       "/dev/mem",            "/dev/kmsg",         "/proc/1/maps",
        "/sys/firmware/acpi/tables/DSDT",           "/proc/keys",        "/etc/ssl/private",
        "/workspace/state/gavel.sqlite",            "/proc/1/cwd/ctl",
    };
    char bytes[16];
    int found = 0;
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
        int file = open(paths[i], O_RDONLY | O_NONBLOCK);
        if (file >= 0 && read(file, bytes, sizeof bytes) > 0) printf("read %s\n", paths[i]), found++;
        if (file >= 0) close(file);
    }
    if (!found) puts("nothing to read");
}
