// expect: Accepted
// expected: 42\n
// file: shop/mod.rs pub mod prices;\n
// file: shop/prices.rs pub fn total(a: i64, b: i64) -> i64 {\n    a + b\n}\n
// entry-point: package.rs
mod shop;

fn main() {
    println!("{}", shop::prices::total(20, 22));
}
