// expect: RuntimeError
// signal: SIGABRT
// reason-contains: Assertion '__n < this->size()' failed, main.cpp line 10
#include <iostream>
#include <vector>

int main() {
    std::vector<int> numbers(3);
    volatile int at = 3;
    std::cout << numbers[at] << '\n';
}
