// expect: Accepted
// expected: 20000 arguments arrived\n
// Whoever reads /proc must survive this.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count > 1) {
        printf("%d arguments arrived\n", count - 1);
        return 0;
    }
    char **many = calloc(20002, sizeof *many);
    many[0] = arguments[0];
    for (int i = 1; i <= 20000; i++) many[i] = "an argument that is not short at all";
    execve("/proc/self/exe", many, NULL);
    perror("execve");
    return 1;
}
