/* Gets SIGXFSZ in the way that its argument names: from itself, or from the kernel for a file that grows too large. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
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

/* As SIGEV_SIGNAL of a timer. */
static void order_by_timer(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXFSZ};
  struct itimerspec soon = {.it_value = {.tv_nsec = 1000000}};
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) timer_settime(timer, 0, &soon, 0);
}

/* As what tells that a pipe can be read. */
static void order_for_a_descriptor(void) {
  int ends[2];
  if (pipe(ends) || fcntl(ends[0], F_SETOWN, getpid()) || fcntl(ends[0], F_SETSIG, SIGXFSZ)) return;
  if (fcntl(ends[0], F_SETFL, O_ASYNC) == 0) write(ends[1], "x", 1);
}

/* As what tells of a child's end. */
static void order_for_a_child(void) {
  if (syscall(SYS_clone, SIGXFSZ, 0, 0, 0, 0) == 0) _exit(0);
}

/* Has a timer that never ends, as programs may. */
static void time_something(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  timer_t timer;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
}

/* Waits for what was ordered. */
static int wait_for_it(void) {
  for (;;) pause();
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
  if (!strcmp(how, "timer")) return order_by_timer(), wait_for_it();
  if (!strcmp(how, "descriptor")) return order_for_a_descriptor(), wait_for_it();
  if (!strcmp(how, "child's end")) return order_for_a_child(), wait_for_it();
  if (!strcmp(how, "grow beside a timer")) time_something();
  if (!strcmp(how, "grow deep beside a timer")) {
    time_something();
    if (mkdir("a", 0700) || mkdir("a/b", 0700)) return 1;
    return grow(open("a/b/file", O_CREAT | O_WRONLY, 0600));
  }
  if (!strncmp(how, "grow", 4)) return grow(open("file", O_CREAT | O_WRONLY, 0600));
  if (!strcmp(how, "memory")) return grow(memfd_create("file", 0));
  if (!strcmp(how, "sparse")) return ftruncate(open("file", O_CREAT | O_WRONLY, 0600), FILE_SIZE + 1);
  return 2;
}
