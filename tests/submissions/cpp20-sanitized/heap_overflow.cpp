// expect: RuntimeError
// reason-contains: AddressSanitizer: heap-buffer-overflow, main.cpp line 7
// stderr-contains: heap_overflow
#include <cstdio>
#include <vector>

int heap_overflow(const std::vector<int> &numbers, int at) { return numbers.data()[at]; }

int main() {
    std::vector<int> numbers(10, 7);
    std::printf("%d\n", heap_overflow(numbers, 10));
}
