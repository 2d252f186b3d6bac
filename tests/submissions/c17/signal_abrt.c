// expect: RuntimeError
// signal: SIGABRT
// reason-contains: assertion `two_and_two == 4' failed, main.c line 9
// stderr-contains: two_and_two
#include <assert.h>

int main(void) {
    volatile int two_and_two = 5;
    assert(two_and_two == 4);
}
