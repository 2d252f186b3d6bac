// expect: Accepted
// expected: parent is done\n
// max-wall-ms: 1000
#include <stdio.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) {
        setsid();
        for (;;) sleep(1);
    }
    puts("parent is done");
}
