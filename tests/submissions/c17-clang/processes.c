// expect: Accepted
// expected: child\nparent\n
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) {
        puts("child");
        return 0;
    }
    if (waitpid(child, NULL, 0) != child) return 1;
    puts("parent");
}
