// expect: CompileError
// reason-contains: `add` is declared and used, but no source defines it
#include <stdio.h>
int add(int, int);
int main(void) { printf("%d\n", add(1, 2)); }
