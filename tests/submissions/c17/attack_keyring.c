// expect: Accepted
// expected: no keys\n
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    int reached = syscall(SYS_add_key, "user", "left", "behind", 6, -3) >= 0;
    reached += syscall(SYS_keyctl, 0, -5, 1) >= 0;
    reached += syscall(SYS_request_key, "user", "left", NULL, -3) >= 0;
    puts(reached ? "reached the keyring" : "no keys");
}
