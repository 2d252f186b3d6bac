#include <algorithm>
#include <iostream>

int main() {
    for (long long a, b; std::cin >> a >> b;)
        std::cout << std::max(a, b) - std::min(a, b) << '\n';
}
