// expect: Accepted
// expected: 6\n
#include <cstddef>
#include <iostream>
#include <numeric>
#include <vector>

int main() {
    std::vector<int> numbers{1, 2, 3};
    std::size_t sum = 0uz;
    for (auto index = 0uz; index < numbers.size(); ++index) sum += static_cast<std::size_t>(numbers[index]);
    std::cout << sum << '\n';
}
