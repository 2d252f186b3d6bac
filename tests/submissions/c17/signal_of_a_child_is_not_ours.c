// expect: Accepted
// expected: child ended by 11\n
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    if (fork() == 0) raise(SIGSEGV);
    wait(&status);
    printf("child ended by %d\n", WTERMSIG(status));
}
