#include <iostream>
#include <vector>

// Adds the two largest parts.
int main() {
    int rest;
    std::cin >> rest;
    std::vector<int> parts;
    for (int part = 1; rest > 2 * part; ++part) {
        parts.push_back(part);
        rest -= part;
    }
    if (!parts.empty()) {
        rest += parts.back();
        parts.pop_back();
    }
    for (const int part : parts) std::cout << part << ' ';
    std::cout << rest << '\n';
}
