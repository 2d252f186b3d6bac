// expect: Accepted
// expected: empty and writable\n
#include <dirent.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    DIR *here = opendir(".");
    int entries = 0;
    for (struct dirent *entry; here && (entry = readdir(here));)
        entries += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    FILE *file = fopen("mine", "w");
    puts(here && entries == 0 && file ? "empty and writable" : "not as promised");
}
