#include <algorithm>
#include <iostream>
#include <vector>

// Writes down all products, and counts the numbers that are none.
int main() {
    long n;
    std::cin >> n;
    std::vector<long> products;
    for (long one = 2; one <= n; ++one) {
        for (long product = 2 * one; product <= n; product += one) products.push_back(product);
    }
    std::sort(products.begin(), products.end());
    const long different = std::unique(products.begin(), products.end()) - products.begin();
    std::cout << std::max(n - 1, 0L) - different << '\n';
}
