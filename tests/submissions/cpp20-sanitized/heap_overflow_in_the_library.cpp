// expect: RuntimeError
// reason-contains: AddressSanitizer: heap-buffer-overflow, main.cpp line 9
#include <algorithm>
#include <cstdio>
#include <vector>

int main() {
    std::vector<int> numbers(10, 7);
    std::copy(numbers.begin(), numbers.begin() + 11, numbers.begin() + 1);
    std::printf("%d\n", numbers[9]);
}
