// expect: Accepted
// expected: unprivileged, alone in its groups\n
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
    uid_t real, effective, saved;
    gid_t groups[64];
    char line[256];
    int wrong = 0, without_capabilities = 0;
    getresuid(&real, &effective, &saved);
    wrong |= real < 1000 || real != effective || real != saved;
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++) wrong |= groups[i] != getgid();
    wrong |= prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
    wrong |= setuid(0) == 0 || setgid(0) == 0 || seteuid(0) == 0 || setgroups(0, NULL) == 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        without_capabilities += !strncmp(line, "CapEff:\t0000000000000000", 24) +
                             !strncmp(line, "CapPrm:\t0000000000000000", 24);
    wrong |= without_capabilities != 2;
    puts(wrong ? "wrong identity" : "unprivileged, alone in its groups");
}
