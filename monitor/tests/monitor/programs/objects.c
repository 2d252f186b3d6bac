/* Makes as many objects of one kind as the kernel gives within some seconds, in many processes, and keeps them. objects KIND: prints how many when
   there are no more, and waits. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 40, MOST = 50000 };

static int an_eventfd(long at) { return eventfd(at, 0); }
static int a_timerfd(long at) {
  struct itimerspec later = {.it_value.tv_sec = 100000 + at};
  int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  return timer < 0 || timerfd_settime(timer, 0, &later, NULL) < 0 ? -1 : 0;
}
static int a_signalfd(long at) {
  sigset_t none;
  sigemptyset(&none);
  return signalfd(-1, &none, 0);
}
static int an_epoll(long at) {
  struct epoll_event event = {0};
  int epoll = epoll_create1(0);
  return epoll < 0 ? -1 : epoll_ctl(epoll, EPOLL_CTL_ADD, 1, &event);
}
static int a_pidfd(long at) { return syscall(SYS_pidfd_open, getpid(), 0); }
static int a_pipe(long at) {
  int ends[2];
  return pipe(ends) < 0 ? -1 : fcntl(ends[0], F_SETFL, O_ASYNC);
}
static int a_socket_pair(long at) {
  int ends[2];
  return socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0 || send(ends[0], "", 1, MSG_DONTWAIT) != 1 ? -1 : 0;
}
static int a_filter(long at) {
  static struct sock_filter large[4096];
  for (int i = 0; i < 4095; i++) large[i] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 7);
  large[4095] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 1);
  struct sock_fprog filter = {4096, large};
  int end = socket(AF_UNIX, SOCK_DGRAM, 0);
  return end < 0 ? -1 : setsockopt(end, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}
static int a_lock(long at) {
  static int file = -1;
  char name[32];
  snprintf(name, sizeof name, "locked%d", getpid());
  if (file < 0) file = open(name, O_RDWR | O_CREAT, 0600);
  struct flock lock = {.l_type = at & 1 ? F_WRLCK : F_RDLCK, .l_start = MOST - at, .l_len = 1};
  return fcntl(file, F_SETLK, &lock);
}
static int a_timer(long at) {
  timer_t timer;
  struct sigevent quiet = {.sigev_notify = SIGEV_NONE};
  return syscall(SYS_timer_create, CLOCK_MONOTONIC, &quiet, &timer);
}
static int a_signal(long at) {
  union sigval value = {.sival_int = at};
  return sigqueue(getpid(), SIGRTMIN, value);
}
static int a_mapping(long at) {
  return mmap(NULL, 4096, at & 1 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}
static int a_name(long at) {
  char name[256];
  struct stat found;
  snprintf(name, sizeof name, "/usr/lib/%d_%0190ld", getpid(), at);
  stat(name, &found);
  return 0;
}
static int a_ruleset(long at) {
  struct landlock_ruleset_attr handled = {.handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE};
  return syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
}
static int a_watch(long at) {
  int watch = inotify_init();
  return watch < 0 ? -1 : inotify_add_watch(watch, "/", IN_OPEN);
}
static const struct {
  const char *name;
  int (*make)(long);
} KINDS[] = {
    {"eventfd", an_eventfd}, {"timerfd", a_timerfd}, {"signalfd", a_signalfd}, {"epoll", an_epoll},
    {"pidfd", a_pidfd},      {"pipe", a_pipe},       {"socket", a_socket_pair}, {"filter", a_filter},
    {"lock", a_lock},        {"timer", a_timer},     {"signal", a_signal},      {"mapping", a_mapping},
    {"name", a_name},        {"ruleset", a_ruleset}, {"watch", a_watch},
};

int main(int count, char **arguments) {
  int (*make)(long) = NULL;
  for (unsigned i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
    if (!strcmp(KINDS[i].name, arguments[1])) make = KINDS[i].make;
  int made[2];
  time_t end = time(NULL) + 3;
  if (!make || pipe(made) != 0) return 1;
  for (int i = 0; i < PROCESSES; i++) {
    if (fork() != 0) continue;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    long at = 0;
    while (at < MOST && time(NULL) < end && make(at) >= 0) at++;
    if (write(made[1], &at, sizeof at) != sizeof at) return 1;
    for (;;) pause();
  }
  long all = 0, some;
  for (int i = 0; i < PROCESSES && read(made[0], &some, sizeof some) == sizeof some; i++) all += some;
  printf("%ld\n", all);
  fflush(stdout);
  for (;;) pause();
}
