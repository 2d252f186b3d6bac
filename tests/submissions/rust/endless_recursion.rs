// expect: RuntimeError
// reason-contains: the recursion is too deep
fn f(n: u64) -> u64 {
    f(std::hint::black_box(n + 1)) + 1
}

fn main() {
    println!("{}", f(0));
}
