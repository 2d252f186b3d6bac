// expect: Accepted
// expected: no network\n
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int reached;

static void refuse(const char *what, int family, int type, int protocol) {
    int end = socket(family, type, protocol);
    if (end >= 0) printf("%s socket made\n", what), reached++, close(end);
}

int main(void) {
    refuse("tcp", AF_INET, SOCK_STREAM, 0);
    refuse("udp", AF_INET, SOCK_DGRAM, 0);
    refuse("tcp6", AF_INET6, SOCK_STREAM, 0);
    refuse("raw", AF_INET, SOCK_RAW, IPPROTO_ICMP);
    refuse("packet", AF_PACKET, SOCK_RAW, 0x0300);
    refuse("netlink", AF_NETLINK, SOCK_RAW, 0);
    refuse("vsock", 40, SOCK_STREAM, 0);
    refuse("alg", 38, SOCK_SEQPACKET, 0);
    refuse("bluetooth", 31, SOCK_RAW, 0);
    refuse("xdp", 44, SOCK_RAW, 0);
    if (!reached) puts("no network");
}
