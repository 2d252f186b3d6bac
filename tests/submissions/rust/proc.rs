// expect: Accepted
// stdout: refused\n
fn main() {
    match std::fs::read("/proc/1/environ") {
        Ok(content) => println!("{} bytes", content.len()),
        Err(_) => println!("refused"),
    }
}
