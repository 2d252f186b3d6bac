#include <cstdint>
#include <iostream>
#include <vector>

// 50: where there are at most a million steps.
int main() {
    std::uint64_t n;
    std::cin >> n;
    std::vector<std::uint32_t> ways{1, 1};
    while (ways.size() <= n) ways.push_back((ways.back() + ways[ways.size() - 2]) % 1000000007);
    std::cout << ways[n] << '\n';
}
