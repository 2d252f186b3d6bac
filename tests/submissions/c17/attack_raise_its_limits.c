// expect: Accepted
// limits: open_files=64 processes=8 file_bytes=1048576
// expected: refused\n
#include <stdio.h>
#include <sys/resource.h>

int main(void) {
    static const int kinds[] = {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_FSIZE, RLIMIT_CORE, RLIMIT_CPU};
    int raised = 0;
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
        if (setrlimit(kinds[i], &more) == 0) printf("raised %d\n", kinds[i]), raised++;
    }
    raised += setpriority(PRIO_PROCESS, 0, -10) == 0;
    if (!raised) puts("refused");
}
