// expect: OutputLimitExceeded
// reason-contains: file
// limits: file_bytes=1048576
// signal: SIGXFSZ
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void) {
    int file = open("out", O_CREAT | O_WRONLY, 0600);
    return ftruncate(file, 1l << 40);
}
