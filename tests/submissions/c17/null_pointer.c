// expect: RuntimeError
// signal: SIGSEGV
// reason-contains: SIGSEGV: invalid memory access
#include <stdlib.h>
int main(void) {
    volatile int *nowhere = NULL;
    return *nowhere;
}
