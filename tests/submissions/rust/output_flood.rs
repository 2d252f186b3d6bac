// expect: OutputLimitExceeded
fn main() {
    let line = "x".repeat(65536);
    loop {
        println!("{line}");
    }
}
