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

// Writes down all rows before it looks at them.
int main() {
    int guests;
    std::cin >> guests;
    std::vector<int> row(guests);
    std::iota(row.begin(), row.end(), 1);
    std::vector<std::vector<int>> rows;
    do rows.push_back(row);
    while (std::next_permutation(row.begin(), row.end()));
    const auto good = std::find_if(rows.begin(), rows.end(), is_good);
    if (good == rows.end()) {
        std::cout << "impossible\n";
        return 0;
    }
    for (const int guest : *good) std::cout << guest << '\n';
}
