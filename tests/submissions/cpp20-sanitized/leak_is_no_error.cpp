// expect: Accepted
// expected: 42\n
#include <iostream>

int main() {
    int *number = new int(42);
    std::cout << *number << '\n';
}
