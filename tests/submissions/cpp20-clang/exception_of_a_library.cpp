// expect: RuntimeError
// signal: SIGABRT
// reason-contains: uncaught std::out_of_range: vector::_M_range_check: __n (which is 5) >= this->size() (which is 3)
#include <iostream>
#include <vector>

int main() {
    std::vector<int> items(3);
    volatile int at = 5;
    std::cout << items.at(at);
}
