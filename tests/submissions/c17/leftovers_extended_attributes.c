// expect: Accepted
// expected: nothing to read, nothing written\n
// What stays at the box itself, which is not emptied: a message to the next program, and the room of its files. An
// access list against user 0 would keep the monitor from emptying a directory.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define NOBODY_NAMED -1, -1, -1, -1

static char value[60000];

static int not_written(const char *path, const char *name, const void *attribute, size_t size) {
    int descriptor = open(path, O_RDONLY);
    int path_says = setxattr(path, name, attribute, size, 0) == -1 && errno == ENOTSUP;
    int link_says = lsetxattr(path, name, attribute, size, 0) == -1 && errno == ENOTSUP;
    int descriptor_says = fsetxattr(descriptor, name, attribute, size, 0) == -1 && errno == ENOTSUP;
    if (path_says && link_says && descriptor_says) return 1;
    printf("%s of %s: %s\n", name, path, strerror(errno));
    return 0;
}

int main(void) {
    static const char *const boxes[] = {"/w", "/tmp", "/dev/shm"};
    static const char against_root[] = {
        2, 0, 0, 0, // version
        1, 0, 7, 0, NOBODY_NAMED, // owner
        2, 0, 0, 0, 0, 0, 0, 0, // user 0
        4, 0, 7, 0, NOBODY_NAMED, // group
        16, 0, 7, 0, NOBODY_NAMED, // mask
        32, 0, 7, 0, NOBODY_NAMED, // others
    };
    int readable = 0, refused = 1;
    for (int i = 0; i < 3; i++) {
        readable += getxattr(boxes[i], "user.message", value, sizeof value) >= 0;
        refused &= not_written(boxes[i], "user.message", value, sizeof value);
    }
    mkdir("closed", 0777);
    mkdir("closed/inner", 0777);
    refused &= not_written("closed", "system.posix_acl_access", against_root, sizeof against_root);
    if (!readable && refused) puts("nothing to read, nothing written");
}
