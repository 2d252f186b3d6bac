// expect: Accepted
// expected: nothing was forgotten\n
// Asks the kernel to forget what it has in memory of the image, which the next program would have to read and be charged for.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int forgotten, asked;

/* Reads all of a file; whether that had to wait for a disk. */
static int is_read_from_disk(int file) {
    static char block[1 << 16];
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    for (off_t at = 0, length; (length = pread(file, block, sizeof block, at)) > 0;) at += length;
    getrusage(RUSAGE_SELF, &after);
    return after.ru_inblock > before.ru_inblock;
}

static void forget(int file, long size) {
    if (size == 0 || asked == 300) return;
    is_read_from_disk(file);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    char *pages = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (pages != MAP_FAILED) {
        madvise(pages, size, MADV_PAGEOUT);
        munmap(pages, size);
    }
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    asked++;
    forgotten += is_read_from_disk(file);
}

static void walk(int directory, int depth) {
    DIR *list = fdopendir(directory);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        if (entry->d_name[0] == '.') continue;
        int file = openat(directory, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        struct stat found;
        if (file < 0) continue;
        if (fstat(file, &found) == 0 && S_ISREG(found.st_mode)) forget(file, found.st_size);
        if (S_ISDIR(found.st_mode) && depth > 0) walk(file, depth - 1);
        else close(file);
    }
    if (list) closedir(list);
}

int main(void) {
    int directory = open("/usr/lib", O_RDONLY | O_DIRECTORY);
    walk(directory, 2);
    if (asked < 100) printf("only %d files were there\n", asked);
    else if (forgotten) printf("%d of %d files were forgotten\n", forgotten, asked);
    else puts("nothing was forgotten");
}
