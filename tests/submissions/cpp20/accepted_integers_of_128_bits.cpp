// expect: Accepted
// expected: 1 1 6 5\n
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <numeric>
#include <type_traits>

int main() {
    using Big = __int128;
    Big negative = -5;
    std::cout << std::is_integral_v<Big> << ' ' << (std::numeric_limits<Big>::max() > 0) << ' '
              << static_cast<long long>(std::gcd(Big{12}, Big{18})) << ' ' << static_cast<long long>(std::abs(negative))
              << '\n';
}
