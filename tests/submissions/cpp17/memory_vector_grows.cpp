// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864
#include <vector>

int main() {
    std::vector<long> numbers;
    for (long i = 0;; ++i) numbers.push_back(i);
}
