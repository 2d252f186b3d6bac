// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=20000
// expected: 1\n
#include <iostream>

struct Late {
    ~Late() {
        for (volatile unsigned long turns = 0;; ++turns) {}
    }
} late;

int main() {
    std::cout << 1 << std::endl;
}
