// expect: Accepted
// expected: left\n
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
    static const char *const places[] = {".", "/tmp", "/dev/shm"};
    for (int i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/link", places[i]);
        symlink("/etc/passwd", path);
        snprintf(path, sizeof path, "%s/loop", places[i]);
        symlink(path, path);
        snprintf(path, sizeof path, "%s/pipe", places[i]);
        mkfifo(path, 0);
        snprintf(path, sizeof path, "%s/closed", places[i]);
        mkdir(path, 0700);
        snprintf(path, sizeof path, "%s/closed/inner", places[i]);
        close(open(path, O_CREAT | O_WRONLY, 0));
        snprintf(path, sizeof path, "%s/closed", places[i]);
        chmod(path, 0);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", places[i]);
        bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
    }
    puts("left");
}
