/* Keeps a process from dying for so many milliseconds, as the kernel does that has much to free. hold PID MILLISECONDS */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
  pid_t process = atoi(arguments[1]);
  if (ptrace(PTRACE_SEIZE, process, 0, PTRACE_O_TRACEEXIT) != 0) return perror("PTRACE_SEIZE"), 1;
  puts("seized");
  fflush(stdout);
  int status;
  if (waitpid(process, &status, __WALL) != process || status >> 8 != (SIGTRAP | PTRACE_EVENT_EXIT << 8)) return 2;
  puts("dying");
  fflush(stdout);
  usleep(atoi(arguments[2]) * 1000);
  return 0;
}
