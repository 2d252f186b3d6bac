// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=20000
// cpu-ms: 300..
// reason-contains: CPU
// max-wall-ms: 1900
int main(void) {
    for (volatile unsigned long turns = 0;; turns++) {}
}
