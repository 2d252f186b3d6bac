// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
fn main() {
    std::thread::sleep(std::time::Duration::from_secs(30));
}
