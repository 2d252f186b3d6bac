/* Calls each system call number once, with arguments that no call accepts, and prints "number errno" where it fails.
   Each call has a process of its own: some end it, some wait. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  for (long number = 0; number < 1024; number++) {
    int results[2];
    if (pipe(results) != 0) return 1;
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
      alarm(1);
      errno = 0;
      long result = syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
      int error = result == -1 ? errno : 0;
      if (write(results[1], &error, sizeof error) < 0) _exit(1);
      _exit(0);
    }
    close(results[1]);
    int error = 0;
    if (read(results[0], &error, sizeof error) == sizeof error && error != 0) printf("%ld %d\n", number, error);
    close(results[0]);
    kill(child, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
      ;
  }
  return 0;
}
