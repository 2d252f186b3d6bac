// expect: CompileError
// log-contains: main.rs:4
fn main() {
    let x: i32 = "text";
}
