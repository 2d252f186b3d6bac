// expect: RuntimeError
// signal: SIGABRT
// reason-contains: assertion `argc > 7 && "seven words"' failed, main.c line 7
#include <assert.h>

int main(int argc, char **argv) {
    assert(argc > 7 && "seven words");
    return argv[7][0];
}
