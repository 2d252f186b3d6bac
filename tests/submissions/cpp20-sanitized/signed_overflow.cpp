// expect: RuntimeError
// reason-contains: signed integer overflow
#include <iostream>

int main() {
    volatile int large = 2147483647;
    std::cout << large + 1 << '\n';
}
