// expect: Accepted
// expected: clean\n
// Nothing of the server's or the container's environment reaches a program.
#include <stdio.h>
#include <string.h>

extern char **environ;

int main(int count, char **arguments) {
    static const char *const known[] = {"PATH=", "HOME=", "LANG=", "LC_ALL=", "TMPDIR=", "TZ=", "PWD=", "USER=",
                                        "GLIBC_TUNABLES="};
    int strange = count != 1 || !arguments[0];
    for (char **entry = environ; *entry; entry++) {
        int found = 0;
        for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
            found |= !strncmp(*entry, known[i], strlen(known[i]));
        if (!found) printf("strange: %s\n", *entry), strange = 1;
    }
    if (!strange) puts("clean");
}
