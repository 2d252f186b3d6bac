#include <array>
#include <cstdint>
#include <iostream>

using Matrix = std::array<std::uint64_t, 4>;

static Matrix product(const Matrix &a, const Matrix &b) {
    const std::uint64_t m = 1000000007;
    return {(a[0] * b[0] + a[1] * b[2]) % m, (a[0] * b[1] + a[1] * b[3]) % m,
            (a[2] * b[0] + a[3] * b[2]) % m, (a[2] * b[1] + a[3] * b[3]) % m};
}

int main() {
    std::uint64_t n;
    std::cin >> n;
    Matrix ways{1, 0, 0, 1}, step{1, 1, 1, 0};
    for (; n > 0; n /= 2, step = product(step, step)) {
        if (n % 2) ways = product(ways, step);
    }
    std::cout << ways[0] << '\n';
}
