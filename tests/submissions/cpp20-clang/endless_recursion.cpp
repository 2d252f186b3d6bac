// expect: RuntimeError
// signal: SIGSEGV
// reason-contains: endless or too deep recursion
#include <stdio.h>
int f(int n){ volatile int a[4]; a[0]=n; return f(n+1)+a[0]; }
int main(void){ printf("%d\n", f(0)); }
