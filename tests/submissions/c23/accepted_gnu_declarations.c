// expect: Accepted
// stdin: hello there\n
// expected: 3.14159 12 hello 0 7\n
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// As in C17.
int main(void) {
    char *line = NULL, *rest;
    size_t room = 0;
    ssize_t length = getline(&line, &room, stdin);
    char *word = strtok_r(strdup(line), " \n", &rest);
    typeof(length) seven = 7;
    asm volatile("");
    usleep(1);
    printf("%.5f %zd %s %d %zd\n", M_PI, length, word, strcasecmp("A", "a"), seven);
}
