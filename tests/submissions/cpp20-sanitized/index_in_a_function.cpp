// expect: RuntimeError
// reason-contains: Assertion '__n < this->size()' failed, main.cpp line 8
#include <iostream>
#include <vector>

int sum(const std::vector<int> &numbers, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) sum += numbers[i];
    return sum;
}

int main() {
    std::cout << sum(std::vector<int>(3), 4) << '\n';
}
