// expect: Accepted
// expected: refused\n
// Escaping the kernel's choice of a victim, and turning knobs of the host.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int wrote(const char *path, const char *text) {
    int file = open(path, O_WRONLY);
    int done = file >= 0 && write(file, text, 4) > 0;
    if (done) printf("wrote %s\n", path);
    if (file >= 0) close(file);
    return done;
}

int main(void) {
    int reached = 0;
    reached += wrote("/proc/self/oom_score_adj", "-999");
    reached += wrote("/proc/self/oom_score_adj", "0000");
    reached += wrote("/proc/1/oom_score_adj", "1000");
    reached += wrote("/proc/sys/kernel/core_pattern", "|/bin");
    reached += wrote("/proc/sys/vm/drop_caches", "3\n\n\n");
    reached += wrote("/proc/sys/kernel/hostname", "mine");
    reached += wrote("/proc/sysrq-trigger", "bbbb");
    reached += wrote("/proc/self/uid_map", "0 0 1");
    reached += wrote("/sys/kernel/mm/ksm/run", "1111");
    if (!reached) puts("refused");
}
