// expect: RuntimeError
// signal: SIGQUIT
// A dump of 64 MiB must go nowhere.
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static char block[64 << 20];

int main(void) {
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &all);
    memset(block, 1, sizeof block);
    raise(SIGQUIT);
}
