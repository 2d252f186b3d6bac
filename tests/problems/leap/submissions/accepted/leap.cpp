#include <iostream>

int main() {
    int year;
    std::cin >> year;
    std::cout << (year % (year % 100 == 0 ? 400 : 4) == 0 ? "YES" : "NO") << std::endl;
}
