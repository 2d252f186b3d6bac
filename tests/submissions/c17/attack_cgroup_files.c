// expect: Accepted
// expected: refused\n
// Raising its own limits, leaving its own leaf.
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int opened;

static int try_to_write(const char *path, const struct stat *status, int type, struct FTW *unused) {
    (void)status, (void)unused;
    char inside[4096];
    if (type == FTW_D) {
        snprintf(inside, sizeof inside, "%s/escape", path);
        if (mkdir(inside, 0777) == 0) printf("made %s\n", inside), opened++;
        return 0;
    }
    int file = open(path, O_WRONLY | O_NONBLOCK);
    if (file >= 0) {
        printf("opened %s for writing\n", path);
        opened++;
        close(file);
    }
    return 0;
}

int main(void) {
    nftw("/cg", try_to_write, 16, FTW_PHYS);
    nftw("/sys/fs/cgroup", try_to_write, 16, FTW_PHYS);
    if (!opened) puts("refused");
}
