// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
#include <iostream>

int main() {
    int a, b;
    std::cin >> a >> b;
    std::cout << a - b << '\n';
}
