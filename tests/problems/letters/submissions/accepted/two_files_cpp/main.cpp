#include <iostream>

#include "sum.h"

int main() {
    for (std::string word; std::cin >> word;) std::cout << sum_of(word) << '\n';
}
