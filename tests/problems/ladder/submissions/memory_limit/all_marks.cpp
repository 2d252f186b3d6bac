#include <algorithm>
#include <iomanip>
#include <iostream>
#include <vector>

// Keeps a mark for each hundredth up to the sum of both sides, and begins at the first one that is not too short.
int main() {
    double a, b;
    std::cin >> a >> b;
    const double square = a * a + b * b;
    std::vector<double> marks;
    for (double mark = 0.01; mark < a + b + 0.02; mark += 0.01) marks.push_back(mark);
    const auto is_short = [](double mark, double square) { return mark * mark < square; };
    double length = *std::lower_bound(marks.begin(), marks.end(), square, is_short);
    for (int round = 0; round < 60; ++round) length = (length + square / length) / 2;
    std::cout << std::setprecision(12) << length << '\n';
}
