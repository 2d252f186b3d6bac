// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
fun main() {
    Thread.sleep(30_000)
}
