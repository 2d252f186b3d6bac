#include <cstdint>
#include <iostream>
#include <vector>

int main() {
    std::uint64_t x, a, c, m, length = 0;
    std::cin >> x >> a >> c >> m;
    std::vector<bool> seen(m);
    for (; !seen[x]; x = (a * x + c) % m, ++length) seen[x] = true;
    std::cout << length << '\n';
}
