// expect: Accepted
// expected: done\n
// max-wall-ms: 500
// Has the host's disks written, if it may: one such call took more than a second beside others that wrote.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    int file = open("/usr/bin/env", O_RDONLY);
    for (int i = 0; i < 20000; i++) {
        sync();
        syncfs(file);
        fsync(file);
        sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    }
    puts("done");
}
