// expect: Accepted
// expected: not there\n
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
    static const char *const paths[] = {"/var/run/docker.sock", "/run/docker.sock", "/docker.sock",
                                        "/run/containerd/containerd.sock", "/workspace", "/host"};
    int found = 0;
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++)
        if (access(paths[i], F_OK) == 0) printf("found %s\n", paths[i]), found++;
    if (!found) puts("not there");
}
