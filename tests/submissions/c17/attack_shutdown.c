// expect: Accepted
// expected: still here\n
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    int ended = system("shutdown now 2>/dev/null") + system("reboot -f 2>/dev/null") + system("kill -9 1 2>/dev/null");
    ended += system("rm -rf --no-preserve-root / 2>/dev/null");
    puts(ended ? "still here" : "somebody obeyed");
}
