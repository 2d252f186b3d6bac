// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
#include <stdio.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) printf("[%s]", argv[i]);
}
