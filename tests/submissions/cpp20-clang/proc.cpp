// expect: Accepted
// stdout: refused\n
#include <fstream>
#include <iostream>

int main() {
    std::cout << (std::ifstream("/proc/1/environ").get() >= 0 ? "read" : "refused") << '\n';
}
