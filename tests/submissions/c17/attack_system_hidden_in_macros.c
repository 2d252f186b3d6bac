// expect: Accepted
// expected: still here\n
#include <stdio.h>
#include <stdlib.h>

#define join(a, b, c) a##b##c
#define spell(text) #text
#define word(text) spell(text)
#define greet join(sy, st, em)(word(join(shut, do, wn)) " -h now 2>/dev/null")

int main(void) {
    if (greet != 0) puts("still here");
}
