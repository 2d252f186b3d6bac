// expect: Accepted
// expected: 42\n
// file: shop/prices.hpp int total(int a, int b);\n
// file: shop/prices.cpp #include "prices.hpp"\nint total(int a, int b) { return a + b; }\n
#include <iostream>
#include "shop/prices.hpp"

int main() {
    std::cout << total(20, 22) << '\n';
}
