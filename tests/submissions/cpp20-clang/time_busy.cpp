// expect: TimeLimitExceeded
// limits: cpu_ms=300
// reason-contains: CPU
int main() {
    for (volatile unsigned i = 0;; i = i + 1) {}
}
