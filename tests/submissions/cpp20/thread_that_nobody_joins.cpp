// expect: RuntimeError
// signal: SIGABRT
// reason-contains: perhaps a std::thread that nobody has joined
#include <thread>

int main() {
    std::thread nobody([] {});
}
