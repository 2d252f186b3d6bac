// expect: RuntimeError
// reason-contains: AddressSanitizer
#include <iostream>

int *escaped;

__attribute__((noinline)) void escape() {
    int here = 7;
    escaped = &here;
}

int main() {
    escape();
    std::cout << *escaped << '\n';
}
