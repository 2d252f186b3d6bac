// expect: OutputLimitExceeded
// reason-contains: file
// limits: file_bytes=1048576
// signal: SIGXFSZ
#include <fcntl.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 20];
    int file = open("out", O_CREAT | O_WRONLY, 0600);
    if (write(file, block, sizeof block) != sizeof block) return 1;
    return (int)write(file, block, 1);
}
