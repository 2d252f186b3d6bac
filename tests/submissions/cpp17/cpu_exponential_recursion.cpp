// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=20000
// stdin: 60\n
#include <iostream>

static long fibonacci(long n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main() {
    long n;
    std::cin >> n;
    std::cout << fibonacci(n) << '\n';
}
