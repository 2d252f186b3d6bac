// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=10000
// reason-contains: CPU
int main(void) {
    for (volatile int i = 0;; i++) {}
}
