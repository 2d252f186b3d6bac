// expect: Accepted
// stdout: Hello, world!\n
fn main() {
    println!("Hello, world!");
}
