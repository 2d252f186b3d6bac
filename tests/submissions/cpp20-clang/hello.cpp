// expect: Accepted
// stdout: Hello, world!\n
#include <iostream>

int main() { std::cout << "Hello, world!\n"; }
