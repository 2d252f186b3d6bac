#include <cstdint>
#include <iostream>
#include <vector>

int main() {
    std::uint64_t x, a, c, m, length = 0;
    std::cin >> x >> a >> c >> m;
    std::vector<bool> seen(m); // a bit each: 4 MiB
    for (; !seen[x]; x = (a * x + c) % m) seen[x] = true;
    const std::uint64_t first = x;
    do {
        x = (a * x + c) % m;
        ++length;
    } while (x != first);
    std::cout << length << '\n';
}
