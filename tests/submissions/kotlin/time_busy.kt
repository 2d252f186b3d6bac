// expect: TimeLimitExceeded
// limits: cpu_ms=300
// reason-contains: CPU
fun main() {
    while (true) {}
}
