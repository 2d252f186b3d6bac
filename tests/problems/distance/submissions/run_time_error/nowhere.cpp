#include <iostream>

int main() {
    int *volatile nowhere = nullptr;
    std::cout << *nowhere << '\n';
}
