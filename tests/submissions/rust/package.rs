// expect: Accepted
// expected: 42\n
// file: prices.rs pub fn total(a: i64, b: i64) -> i64 {\n    a + b\n}\n
// entry-point: package.rs
mod prices;

fn main() {
    println!("{}", prices::total(20, 22));
}
