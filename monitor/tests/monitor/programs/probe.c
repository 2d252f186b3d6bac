/* Calls system calls and prints "number errno" where one fails. Each call has a process of its own: some end it, some wait.
   With one argument: each number once, with that for all six arguments. Else each argument is a call: "number:a,b,c". */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int try(long number, const long *with) {
  int results[2];
  if (pipe(results) != 0) exit(1);
  pid_t child = fork();
  if (child < 0) exit(2);
  if (child == 0) {
    ualarm(200000, 0);
    errno = 0;
    long result = syscall(number, with[0], with[1], with[2], with[3], with[4], with[5]);
    int error = result == -1 ? errno : 0;
    if (write(results[1], &error, sizeof error) < 0) _exit(1);
    _exit(0);
  }
  close(results[1]);
  int error = 0;
  if (read(results[0], &error, sizeof error) != sizeof error) error = 0;
  close(results[0]);
  kill(child, SIGKILL);
  while (waitpid(-1, NULL, 0) > 0)
    ;
  return error;
}

int main(int count, char **arguments) {
  long with[6];
  if (count == 2 && !strchr(arguments[1], ':')) {
    for (int i = 0; i < 6; i++) with[i] = strtol(arguments[1], NULL, 0);
    for (long number = 0; number < 1024; number++) {
      int error = try(number, with);
      if (error != 0) printf("%ld %d\n", number, error);
    }
    return 0;
  }
  for (int at = 1; at < count; at++) {
    char *rest;
    memset(with, 0, sizeof with);
    long number = strtol(arguments[at], &rest, 0);
    for (int i = 0; i < 6 && *rest; i++) with[i] = strtoul(rest + 1, &rest, 0);
    printf("%s %d\n", arguments[at], try(number, with));
  }
  return 0;
}
