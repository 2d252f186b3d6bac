// expect: Accepted
// expected: as reviewed\n
// limits: cpu_ms=8000 wall_ms=20000
// What a program sees of /proc, /sys and /dev: these names and no other, and nothing that it may write but a few devices.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of /proc, beside processes: what runtimes read, what is this container's own, and what says nothing of anybody. */
static const char *const FILES[] = {
    "cgroups",   "config.gz", "cpuinfo", "crypto",  "devices", "execdomains", "fb",     "filesystems", "loadavg", "mdstat",
    "meminfo",   "misc",      "modules", "mounts",  "mtrr",    "net",         "self",   "stat",        "swaps",   "sys",
    "sysvipc",   "thread-self", "tty",   "uptime",  "version", "bootconfig",  "bus",    "driver",      "fs",      "irq",
    "device-tree", "dynamic_debug", "cpu", "version_signature", NULL,
};
static const char *const DEVICES[] = {
    "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero", NULL,
};
static const char *const WRITABLE[] = {"/dev/full", "/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero", NULL};

static int odd;

static int is_one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (!strcmp(*names, name)) return 1;
    return 0;
}

static int look(const char *path, const struct stat *found, int kind, struct FTW *where) {
    (void)found;
    (void)where;
    if (kind != FTW_F || is_one_of(path, WRITABLE)) return 0;
    int file = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    if (file >= 0) {
        printf("%s may be written\n", path);
        close(file);
        odd++;
    }
    return odd > 50;
}

/* Says something, or has something in it. */
static int is_readable(const char *path) {
    char byte;
    int file = open(path, O_RDONLY | O_NONBLOCK);
    int readable = file >= 0 && read(file, &byte, 1) == 1;
    if (file >= 0) close(file);
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) readable |= entry->d_name[0] != '.';
    if (directory) closedir(directory);
    return readable;
}

static void names_of(const char *path, const char *const *names) {
    char below[512];
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.' || atoi(entry->d_name) > 0 || is_one_of(entry->d_name, names) || !is_readable(below)) continue;
        printf("%s is there\n", below);
        odd++;
    }
    if (directory) closedir(directory);
}

int main(void) {
    names_of("/proc", FILES);
    names_of("/dev", DEVICES);
    for (const char *const *tree = (const char *const[]){"/proc", "/sys", "/dev", NULL}; *tree; tree++)
        nftw(*tree, look, 16, FTW_PHYS | FTW_MOUNT);
    if (!odd) puts("as reviewed");
}
