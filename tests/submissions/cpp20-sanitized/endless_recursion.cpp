// expect: RuntimeError
// reason-contains: stack-overflow: the recursion is too deep, main.cpp line
#include <stdio.h>
int f(int n){ volatile int a[4]; a[0]=n; return f(n+1)+a[0]; }
int main(void){ printf("%d\n", f(0)); }
