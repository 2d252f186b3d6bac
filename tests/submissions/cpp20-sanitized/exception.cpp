// expect: RuntimeError
// signal: SIGABRT
// reason-contains: uncaught std::runtime_error: nobody catches this, main.cpp line 6
#include <stdexcept>

void fail() { throw std::runtime_error("nobody catches this"); }

int main() { fail(); }
