// expect: Accepted
// expected: 1.4142135623730950488 5\n
#include <atomic>
#include <iostream>
#include <quadmath.h>

struct Pair {
    long first, second;
};

int main() {
    char text[64];
    quadmath_snprintf(text, sizeof text, "%.21Qg", sqrtq(2));
    std::atomic<Pair> pair{Pair{1, 2}};
    pair.store({3, pair.load().second});
    std::cout << text << ' ' << pair.load().first + pair.load().second << '\n';
}
