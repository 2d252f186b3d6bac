// expect: Accepted
// expected: nobody died\n
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>

int main(void) {
    int reached = 0;
    reached += kill(1, SIGKILL) == 0 || errno != EPERM;
    reached += kill(1, 0) == 0;
    reached += kill(-1, SIGKILL) == 0;
    reached += kill(0, 0) != 0;
    puts(reached ? "reached somebody" : "nobody died");
}
