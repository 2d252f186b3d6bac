// expect: Accepted
// expected: parent is done\n
// stdout: parent is done\n
// max-wall-ms: 1000
#include <stdio.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            sleep(2);
            puts("late words of a daemon");
            _exit(0);
        }
        _exit(0);
    }
    puts("parent is done");
}
