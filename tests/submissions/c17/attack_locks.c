// expect: Accepted
// expected: all granted, 0 seen\n
// limits: memory_bytes=67108864
// Record locks are memory of the kernel that nobody is charged for, and everybody may see them.
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int main(void) {
    int file = open("locked", O_RDWR | O_CREAT, 0600), refused = flock(file, LOCK_EX) != 0, seen = 0;
    for (long at = 300000; at-- > 0;) {
        struct flock lock = {.l_type = at & 1 ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
        refused += fcntl(file, F_SETLK, &lock) != 0;
    }
    FILE *all = fopen("/proc/locks", "r");
    for (int c; all && (c = getc(all)) != EOF;) seen += c == '\n';
    printf("%s granted, %d seen\n", refused ? "not all" : "all", seen);
}
