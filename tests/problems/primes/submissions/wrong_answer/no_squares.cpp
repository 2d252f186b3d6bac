#include <iostream>
#include <vector>

int main() {
    int n, primes = 0;
    std::cin >> n;
    std::vector<bool> composite(n + 1);
    for (int i = 2; i <= n; ++i) {
        if (composite[i]) continue;
        ++primes;
        for (long long j = (i + 1LL) * i; j <= n; j += i) composite[j] = true; // begins behind the square
    }
    std::cout << primes << '\n';
}
