#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

// Paints each bar a thousand columns wide and a thousand rows for each unit, before it looks which one is the highest.
int main() {
    int count, height;
    std::cin >> count;
    std::vector<std::string> columns;
    while (std::cin >> height) {
        for (int column = 0; column < 1000; ++column) columns.emplace_back(1000 * height, '#');
    }
    std::size_t highest = 0;
    for (const std::string &column : columns) highest = std::max(highest, column.size());
    std::cout << highest / 1000 << '\n';
}
