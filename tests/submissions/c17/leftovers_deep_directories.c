// expect: Accepted
// limits: cpu_ms=3000
// expected: deep\n
// Deeper than PATH_MAX, and closed on the way up.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    for (int level = 0; level < 1500; level++)
        if (mkdir("directory", 0700) || chdir("directory")) break;
    chmod(".", 0);
    puts("deep");
}
