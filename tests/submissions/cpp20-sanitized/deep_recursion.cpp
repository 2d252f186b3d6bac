// expect: Accepted
// expected: 5000050000\n
#include <cstdio>

long deep(long levels) {
    volatile long here[4] = {levels};
    return levels == 0 ? 0 : deep(levels - 1) + here[0];
}

int main() { std::printf("%ld\n", deep(100000)); }
