// expect: Accepted
// expected: sent\n
// Leaves all of the box, a memfd and a name in flight in a circle of unix sockets, and ends.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char block[1 << 16];

static int full(int file, long most) {
    for (long written = 0; file >= 0 && written < most; written += sizeof block)
        if (write(file, block, sizeof block) <= 0) break;
    return file;
}

int main(void) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(6 * sizeof(int))];
    } control = {0};
    char byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control};
    int sent[6];
    signal(SIGXFSZ, SIG_IGN);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, sent);
    sent[2] = full(open("/w", O_TMPFILE | O_RDWR, 0600), 1L << 30);
    sent[3] = full(open("/dev/shm", O_TMPFILE | O_RDWR, 0600), 1L << 30);
    sent[4] = full(memfd_create("left", 0), 1 << 24);
    sent[5] = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0a word to the next program"};
    bind(sent[5], (struct sockaddr *)&name, sizeof name);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof sent);
    memcpy(CMSG_DATA(&control.header), sent, sizeof sent);
    message.msg_controllen = sizeof control;
    puts(sendmsg(sent[0], &message, 0) == 1 ? "sent" : "not sent");
}
