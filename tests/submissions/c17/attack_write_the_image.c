// expect: Accepted
// expected: read-only\n
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    static const char *const paths[] = {"/mine", "/etc/mine", "/usr/mine", "/usr/local/bin/mine", "/var/mine",
                                        "/root/mine", "/home/mine", "/dev/mine", "/ctl/mine", "/opt/mine"};
    int made = 0;
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++)
        if (open(paths[i], O_CREAT | O_WRONLY, 0666) >= 0) printf("made %s\n", paths[i]), made++;
    made += open("/usr/local/bin/monitor", O_WRONLY) >= 0;
    made += open("/proc/self/exe", O_WRONLY) >= 0;
    made += chmod("/w", 0) == 0;
    made += rename("/etc/passwd", "/tmp/passwd") == 0;
    if (!made) puts("read-only");
}
