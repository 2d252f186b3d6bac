// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
#include <list>
#include <vector>

int main() {
    std::list<std::vector<char>> data;
    for (;;) data.emplace_back(1 << 20, 1);
}
