// expect: Accepted
// stdin-size: 1048576
// expected: 1048576 bytes\n
#include <cstdio>
#include <iterator>
#include <iostream>
#include <string>

int main() {
    std::string all(std::istreambuf_iterator<char>(std::cin), {});
    std::printf("%zu bytes\n", all.size());
}
