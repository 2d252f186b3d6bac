// expect: RuntimeError
// exit-code: 3
// log-contains: main.c:6:6: warning: return type of
#include <stdio.h>

void main() { puts("hi"); }
