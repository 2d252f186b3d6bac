// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=10000
// reason-contains: CPU
fn main() {
    let mut x = 1u64;
    while std::hint::black_box(x) != 0 {
        x = x.wrapping_mul(3) | 1;
    }
}
