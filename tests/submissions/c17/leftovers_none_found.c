// expect: Accepted
// expected: clean\n
// Looks for what any other program may have left, in files with and without a name, processes and shared memory.
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int dirty;

static void look_into(const char *path) {
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
            printf("%s/%s\n", path, entry->d_name);
            dirty++;
        }
    if (directory) closedir(directory);
}

static void look_for_room(const char *path) {
    struct statvfs room;
    if (statvfs(path, &room) != 0 || room.f_bfree != room.f_blocks) printf("%s: not all is free\n", path), dirty++;
}

static void look_for_processes(void) {
    DIR *directory = opendir("/proc");
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        int pid = atoi(entry->d_name);
        if (pid > 1 && pid != getpid() && kill(pid, 0) == 0) printf("process %d\n", pid), dirty++;
    }
    if (directory) closedir(directory);
}

static void look_for_ipc(const char *path) {
    char line[512];
    FILE *file = fopen(path, "r");
    for (int lines = 0; file && fgets(line, sizeof line, file); lines++)
        if (lines > 0) printf("%s: %s", path, line), dirty++;
    if (file) fclose(file);
}

int main(void) {
    look_into(".");
    look_into("/w");
    look_into("/tmp");
    look_into("/dev/shm");
    look_into("/dev/mqueue");
    look_for_room("/w");
    look_for_room("/tmp");
    look_for_room("/dev/shm");
    look_for_processes();
    look_for_ipc("/proc/sysvipc/shm");
    look_for_ipc("/proc/sysvipc/sem");
    look_for_ipc("/proc/sysvipc/msg");
    if (!dirty) puts("clean");
}
