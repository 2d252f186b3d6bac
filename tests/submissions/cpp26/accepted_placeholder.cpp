// expect: Accepted
// expected: 3\n
#include <iostream>
#include <utility>

// Two variables that nobody needs may have one name.
int main() {
    auto [sum, _] = std::pair{3, 'x'};
    auto _ = 1;
    std::cout << sum << '\n';
}
