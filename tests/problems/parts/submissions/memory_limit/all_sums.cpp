#include <iostream>
#include <vector>

// Keeps the parts of each number up to the one that is asked for.
int main() {
    int n;
    std::cin >> n;
    std::vector<std::vector<long>> parts(n + 1);
    for (int sum = 1; sum <= n; ++sum) {
        int rest = sum;
        for (int part = 1; rest > 2 * part; ++part) {
            parts[sum].push_back(part);
            rest -= part;
        }
        parts[sum].push_back(rest);
    }
    for (const long part : parts[n]) std::cout << part << ' ';
    std::cout << '\n';
}
