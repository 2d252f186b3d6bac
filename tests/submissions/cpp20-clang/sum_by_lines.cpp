// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
#include <iostream>
#include <string>

int main() {
    std::string a, b;
    std::getline(std::cin, a);
    std::getline(std::cin, b);
    std::cout << std::stoi(a) + std::stoi(b) << '\n';
}
