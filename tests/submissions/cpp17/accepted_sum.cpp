// expect: Accepted
// stdin: 20 22\n
// expected: 42\n
#include <iostream>

int main() {
    long a, b;
    std::cin >> a >> b;
    std::cout << a + b << '\n';
}
