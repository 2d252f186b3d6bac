/* Leaves something in flight: sent through a unix socket into a circle of such sockets, and never received.
   in_flight file | memfd | names | chain: what is sent. in_flight kept: a file with a name and nothing in flight.
   in_flight fill: writes all of the box, and prints how much that was. in_flight look: prints the unix sockets there are. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void send_all(int through, const int *descriptors, int count) {
  char control[CMSG_SPACE(sizeof(int) * 16)] = {0}, byte = 1;
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control};
  message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * count);
  memcpy(CMSG_DATA(header), descriptors, sizeof(int) * count);
  if (sendmsg(through, &message, 0) < 0) perror("sendmsg"), exit(1);
}

static int filled(int file, long size) {
  if (file < 0 || posix_fallocate(file, 0, size) != 0) perror("a file"), exit(1);
  return file;
}

static int named(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path + 1, name);
  int at = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (bind(at, (struct sockaddr *)&address, sizeof(sa_family_t) + 1 + strlen(name)) != 0) perror("bind"), exit(1);
  return at;
}

static void fill(void) {
  static char block[1 << 16];
  int file = open("all", O_WRONLY | O_CREAT, 0600);
  long written = 0;
  for (ssize_t length; (length = write(file, block, sizeof block)) > 0;) written += length;
  printf("%ld\n", written);
}

static void look(void) {
  char line[512];
  FILE *table = fopen("/proc/net/unix", "r");
  while (table && fgets(line, sizeof line, table))
    if (!strstr(line, "RefCount")) printf("%s", line);
}

int main(int count, char **arguments) {
  const char *what = arguments[1];
  if (!strcmp(what, "fill")) return fill(), 0;
  if (!strcmp(what, "look")) return look(), 0;
  int circle[2], sent[3];
  if (!strcmp(what, "kept")) return filled(open("kept", O_RDWR | O_CREAT, 0644), 8 << 20) < 0;
  socketpair(AF_UNIX, SOCK_DGRAM, 0, circle);
  memcpy(sent, circle, sizeof circle);
  if (!strcmp(what, "file")) sent[2] = filled(open(".", O_TMPFILE | O_RDWR, 0600), 48 << 20);
  if (!strcmp(what, "memfd")) sent[2] = filled(memfd_create("left", 0), 48 << 20);
  if (!strcmp(what, "names")) sent[2] = named("a word to the next program");
  if (!strcmp(what, "chain")) {
    /* A circle of circles, so that it takes the kernel more than one look. */
    for (int i = 0; i < 20; i++) {
      int next[2];
      socketpair(AF_UNIX, SOCK_DGRAM, 0, next);
      send_all(next[0], circle, 2);
      memcpy(circle, next, sizeof circle);
    }
    memcpy(sent, circle, sizeof circle);
    sent[2] = filled(open(".", O_TMPFILE | O_RDWR, 0600), 48 << 20);
  }
  send_all(circle[0], sent, 3);
  return 0;
}
