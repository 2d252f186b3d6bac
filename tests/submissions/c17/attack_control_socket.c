// expect: Accepted
// expected: refused\n
// The way between server and monitor is closed before any program runs.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connects(const char *path, int type) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int end = socket(AF_UNIX, type, 0);
    int done = end >= 0 && connect(end, (struct sockaddr *)&address, sizeof address) == 0;
    if (done) printf("connected to %s\n", path);
    close(end);
    return done;
}

int main(void) {
    int reached = connects("/ctl/monitor.sock", SOCK_SEQPACKET) + connects("/ctl/monitor.sock", SOCK_STREAM);
    int made = open("/ctl/mine", O_CREAT | O_WRONLY, 0600);
    if (made >= 0) puts("made a file in /ctl"), reached++;
    DIR *directory = opendir("/ctl");
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (entry->d_name[0] != '.') printf("found /ctl/%s\n", entry->d_name), reached++;
    if (!reached) puts("refused");
}
