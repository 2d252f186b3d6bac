// expect: Accepted
// expected: address family not supported\n
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
    int end = socket(38, SOCK_SEQPACKET, 0);
    if (end < 0 && errno == EAFNOSUPPORT) puts("address family not supported");
}
