/* Gets SIGXFSZ in the way that its argument names: from itself, or from the kernel for a file that grows too large. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_SIZE (1 << 20)

static int grow(int file) {
  static char block[65536];
  for (int written = 0; written <= FILE_SIZE; written += sizeof block)
    if (write(file, block, sizeof block) <= 0) return 1;
  return 0;
}

static int child_sends(void) {
  pid_t parent = getpid();
  if (fork() == 0) _exit(kill(parent, SIGXFSZ));
  pause();
  return 1;
}

int main(int argc, char **argv) {
  union sigval none = {0};
  const char *how = argc > 1 ? argv[1] : "";
  if (!strcmp(how, "raise")) return raise(SIGXFSZ);
  if (!strcmp(how, "kill")) return kill(getpid(), SIGXFSZ);
  if (!strcmp(how, "kill-group")) return kill(0, SIGXFSZ);
  if (!strcmp(how, "tkill")) return syscall(SYS_tkill, getpid(), SIGXFSZ);
  if (!strcmp(how, "sigqueue")) return sigqueue(getpid(), SIGXFSZ, none);
  if (!strcmp(how, "thread")) return pthread_kill(pthread_self(), SIGXFSZ);
  if (!strcmp(how, "child")) return child_sends();
  if (!strcmp(how, "grow")) return grow(open("file", O_CREAT | O_WRONLY, 0600));
  if (!strcmp(how, "memory")) return grow(memfd_create("file", 0));
  if (!strcmp(how, "sparse")) return ftruncate(open("file", O_CREAT | O_WRONLY, 0600), FILE_SIZE + 1);
  return 2;
}
