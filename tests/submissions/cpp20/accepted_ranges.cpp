// expect: Accepted
// expected: 0 4 16 36 64\n
#include <iostream>
#include <ranges>

int main() {
    auto squares = std::views::iota(0, 10) | std::views::filter([](int n) { return n % 2 == 0; }) |
                   std::views::transform([](int n) { return n * n; });
    for (const char *gap = ""; int square : squares) {
        std::cout << gap << square;
        gap = " ";
    }
    std::cout << '\n';
}
