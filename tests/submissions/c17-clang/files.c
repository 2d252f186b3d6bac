// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
#include <stdio.h>

int main(void) {
    char line[64];
    FILE *file = fopen("data/note.txt", "r");
    if (!file || !fgets(line, sizeof line, file)) return 1;
    fputs(line, stdout);
}
