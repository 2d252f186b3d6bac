#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <vector>

static bool is_good(const std::vector<int> &row) {
    for (std::size_t at = 1; at < row.size(); ++at) {
        if (std::abs(row[at] - row[at - 1]) == 1) return false;
    }
    return true;
}

int main() {
    int guests;
    std::cin >> guests;
    std::vector<int> row(guests);
    std::iota(row.begin(), row.end(), 1);
    do {
        if (!is_good(row)) continue;
        for (const int guest : row) std::cout << guest << '\n';
        return 0;
    } while (std::next_permutation(row.begin(), row.end()));
    std::cout << "impossible\n";
}
