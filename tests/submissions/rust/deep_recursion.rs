// expect: Accepted
// expected: 5000050000\n
fn depth(n: u64) -> u64 {
    if n == 0 { 0 } else { n + depth(std::hint::black_box(n - 1)) }
}

fn main() {
    println!("{}", depth(100_000));
}
