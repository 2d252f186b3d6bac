#include <iostream>

int main() {
    long sum = 0;
    for (long it; std::cin >> it;) sum += it;
    std::cout << sum << "\n";
}
