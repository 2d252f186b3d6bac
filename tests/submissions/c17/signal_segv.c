// expect: RuntimeError
// signal: SIGSEGV
// reason-contains: SIGSEGV
#include <stddef.h>

int main(void) {
    int *volatile nowhere = NULL;
    return *nowhere;
}
