// expect: WrongAnswer
// expected: *\n\n ***\na   b\n
// reason-contains: line 3
#include <stdio.h>

// A pyramid without its indentation.
int main(void) {
    fputs("*\n\n***\na   b\n", stdout);
}
