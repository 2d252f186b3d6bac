// expect: CompileError
// log-contains: main.rs:4
fn main() {
    print!("{}", include_str!("/etc/shadow"));
}
