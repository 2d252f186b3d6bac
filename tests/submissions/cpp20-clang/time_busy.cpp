// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=10000
// reason-contains: CPU
int main() {
    for (volatile unsigned i = 0;; i = i + 1) {}
}
