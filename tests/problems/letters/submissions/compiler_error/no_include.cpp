#include <iostream>

int main() {
    std::cout << value_of('a') << '\n';
}
