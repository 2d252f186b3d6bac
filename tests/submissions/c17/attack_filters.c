// expect: Accepted
// expected: no filters\n
// Filters of sockets and of system calls, translated, have one limit for the whole host.
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter large[4096];

int main(void) {
    for (int i = 0; i < 4094; i++) large[i] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0x7fffffff);
    large[4094] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {4095, large};
    int attached = 0;
    for (int i = 0; i < 200; i++) {
        int end = socket(AF_UNIX, SOCK_DGRAM, 0);
        attached += setsockopt(end, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
        attached += syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter) >= 0;
        attached += prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
    }
    if (attached) printf("%d filters\n", attached);
    else puts("no filters");
}
