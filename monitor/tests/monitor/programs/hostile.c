/* Programs that a judge must survive; the first argument names one. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void fork_bomb(void) {
  for (;;) fork();
}

static void bomb_of_sessions(void) {
  for (;;)
    if (fork() == 0) setsid();
}

static void daemons(void) {
  for (int i = 0; i < 10; i++) {
    if (fork() == 0) {
      setsid();
      if (fork() == 0) {
        setsid();
        for (int s = 1; s < 32; s++) signal(s, SIG_IGN);
        for (;;) pause();
      }
      _exit(0);
    }
  }
}

static void stopped(void) {
  for (int i = 0; i < 5; i++) {
    if (fork() == 0) {
      raise(SIGSTOP);
      _exit(0);
    }
  }
  usleep(20000);
  raise(SIGSTOP);
}

static void full_pid_table(void) {
  while (fork() >= 0)
    ;
  for (;;) pause();
}

static void vfork_and_wait(void) {
  if (vfork() == 0)
    for (;;) pause();
}

static void threads(void) {
  pthread_t thread;
  for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, (void *(*)(void *))(void *)fork_bomb, NULL);
  for (;;)
    ;
}

/* The main process only waits while the others are out of memory. */
static void memory_in_many_processes(void) {
  for (int i = 0; i < 8; i++) {
    if (fork() == 0) {
      size_t size = 16 << 20;
      volatile char *block = malloc(size);
      for (size_t at = 0; at < size; at += 4096) block[at] = 1;
      for (;;) pause();
    }
  }
  for (;;) pause();
}

static void memory_files(void) {
  for (int i = 0; i < 8; i++) {
    if (fork() == 0) {
      static char block[1 << 16];
      int file = memfd_create("hog", 0);
      while (write(file, block, sizeof block) > 0)
        ;
      for (;;) pause();
    }
  }
  for (;;) pause();
}

static void closed_descriptors(void) {
  for (int fd = 0; fd < 64; fd++) close(fd);
  for (;;)
    ;
}

static void deep_tree(void) {
  for (int i = 0; i < 3000; i++) {
    if (mkdir("deep", 0700) != 0 || chdir("deep") != 0) exit(1);
  }
  close(open("bottom", O_CREAT | O_WRONLY, 0));
  chmod("..", 0);
}

static void many_files(void) {
  char name[32];
  mkdir("many", 0777);
  for (int i = 0; i < 5000; i++) {
    snprintf(name, sizeof name, "many/%d", i);
    close(open(name, O_CREAT | O_WRONLY, 0));
  }
  mkfifo("many/fifo", 0);
  symlink("/", "many/link");
  chmod("many", 0);
  /* A directory of the monitor's, moved out of its reach. */
  mkdir("mine", 0700);
  rename("given", "mine/given");
  chmod("mine", 0);
}

static void answer(const char *what, long result) {
  printf("%s %d\n", what, result < 0 ? errno : 0);
}

/* Prints an error number for each attack on the monitor, 0 where it succeeded. */
static void attack(const char *monitor) {
  int pid = atoi(monitor);
  char path[64], byte = 0;
  struct iovec here = {&byte, 1};
  answer("kill", kill(pid, SIGKILL));
  answer("ptrace", ptrace(PTRACE_ATTACH, pid, 0, 0));
  answer("process_vm_readv", process_vm_readv(pid, &here, 1, &here, 1, 0));
  const char *files[] = {"mem", "fd", "environ", "maps", "oom_score_adj"};
  for (int i = 0; i < 5; i++) {
    snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
    answer(files[i], open(path, i == 4 ? O_WRONLY : O_RDONLY));
  }
  answer("own_oom_score_adj", open("/proc/self/oom_score_adj", O_WRONLY));
}

/* Prints the numbers of the open descriptors. */
static void list_descriptors(void) {
  for (int fd = 0; fd < 1024; fd++)
    if (fcntl(fd, F_GETFD) >= 0) dprintf(9, "%d ", fd);
}

int main(int count, char **arguments) {
  const char *name = count > 1 ? arguments[1] : "";
  struct {
    const char *name;
    void (*program)(void);
  } programs[] = {
      {"fork_bomb", fork_bomb},
      {"bomb_of_sessions", bomb_of_sessions},
      {"daemons", daemons},
      {"stopped", stopped},
      {"full_pid_table", full_pid_table},
      {"vfork_and_wait", vfork_and_wait},
      {"threads", threads},
      {"memory_in_many_processes", memory_in_many_processes},
      {"memory_files", memory_files},
      {"closed_descriptors", closed_descriptors},
      {"deep_tree", deep_tree},
      {"many_files", many_files},
      {"list_descriptors", list_descriptors},
  };
  if (strcmp(name, "attack") == 0) {
    attack(arguments[2]);
    return 0;
  }
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    if (strcmp(name, programs[i].name) == 0) {
      programs[i].program();
      return 0;
    }
  }
  return 99;
}
