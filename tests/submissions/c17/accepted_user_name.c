// expect: Accepted
// stdout: /w named\n
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    struct passwd *user = getpwuid(getuid());
    if (user == NULL) return 1;
    printf("%s %s\n", user->pw_dir, user->pw_name[0] ? "named" : "without a name");
    return 0;
}
