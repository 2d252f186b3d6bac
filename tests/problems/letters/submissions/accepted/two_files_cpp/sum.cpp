#include "sum.h"

#include <numeric>

#include "values.h"

int sum_of(const std::string &word) {
    const auto add = [](int sum, char letter) { return sum + value_of(letter); };
    return std::accumulate(word.begin(), word.end(), 0, add);
}
