/* What two programs that run at the same time on the same file could tell each other by it. Standard input is that file.
   neighbour hold: takes and leaves there all it can, and waits. neighbour look: prints what it sees of that.
   neighbour locks COUNT: takes so many record locks, then prints how many stand in /proc/locks. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

static int descriptors[3];

/* The input, a namespace of the host, and an eventfd, of which all have one file. */
static void open_all(void) {
  descriptors[0] = open("/proc/self/fd/0", O_RDONLY);
  descriptors[1] = open("/proc/self/ns/user", O_RDONLY);
  descriptors[2] = eventfd(0, 0);
}

static int record_lock(int fd, int command, int type) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 5, .l_len = 1};
  return fcntl(fd, command, &lock) == 0 ? lock.l_type : -1;
}

static void hold(void) {
  for (int i = 0; i < 3; i++) {
    flock(descriptors[i], LOCK_EX);
    record_lock(descriptors[i], F_OFD_SETLK, F_RDLCK);
    record_lock(descriptors[i], F_SETLK, F_RDLCK);
    fcntl(descriptors[i], F_SETLEASE, F_RDLCK);
    unsigned long hint = 5;
    fcntl(descriptors[i], 1036 /* F_SET_RW_HINT */, &hint);
  }
  puts("held");
  fflush(stdout);
  /* Whoever watches sees this. */
  for (;;) close(open("/proc/self/fd/0", O_RDONLY)), usleep(1000);
}

static void look(void) {
  for (int i = 0; i < 3; i++) {
    if (flock(descriptors[i], LOCK_EX | LOCK_NB) != 0) printf("%d: flock %d\n", i, errno);
    flock(descriptors[i], LOCK_UN);
    if (record_lock(descriptors[i], F_OFD_GETLK, F_WRLCK) == F_RDLCK) printf("%d: a record lock\n", i);
    if (fcntl(descriptors[i], F_GETLEASE) != F_UNLCK) printf("%d: a lease\n", i);
    unsigned long hint = 0;
    if (fcntl(descriptors[i], 1035 /* F_GET_RW_HINT */, &hint) == 0 && hint) printf("%d: a hint\n", i);
  }
  int watch = inotify_init1(IN_NONBLOCK);
  inotify_add_watch(watch, "/proc/self/fd/0", IN_ALL_EVENTS);
  usleep(50000);
  char events[4096];
  if (read(watch, events, sizeof events) > 0) puts("an event");
  puts("looked");
}

static void locks(long count) {
  int file = open("locked", O_RDWR | O_CREAT, 0600);
  for (long at = count; at-- > 0;) {
    struct flock lock = {.l_type = at & 1 ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
    if (fcntl(file, F_SETLK, &lock) != 0) perror("F_SETLK");
  }
  char line[256];
  long shown = 0;
  FILE *all = fopen("/proc/locks", "r");
  snprintf(line, sizeof line, " %d ", getpid());
  for (char entry[256]; all && fgets(entry, sizeof entry, all);) shown += strstr(entry, line) != NULL;
  printf("%ld\n", shown);
}

int main(int count, char **arguments) {
  open_all();
  if (!strcmp(arguments[1], "hold")) hold();
  if (!strcmp(arguments[1], "look")) look();
  if (!strcmp(arguments[1], "locks")) locks(atol(arguments[2]));
  return 0;
}
