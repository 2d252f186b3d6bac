// expect: Accepted
// expected: caught: too big\n
#include <iostream>
#include <stdexcept>

int main() {
    try {
        throw std::length_error("too big");
    } catch (const std::exception &error) {
        std::cout << "caught: " << error.what() << '\n';
    }
}
