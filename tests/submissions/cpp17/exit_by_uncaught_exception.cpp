// expect: RuntimeError
// signal: SIGABRT
// stderr-contains: nobody catches this
// reason-contains: uncaught std::runtime_error: nobody catches this
#include <stdexcept>

int main() {
    throw std::runtime_error("nobody catches this");
}
