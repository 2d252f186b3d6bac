// expect: RuntimeError
// reason-contains: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int', main.cpp line 7
#include <iostream>

int main() {
    volatile int large = 2147483647;
    std::cout << large + 1 << '\n';
}
