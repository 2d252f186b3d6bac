// expect: Accepted
// stdin: 20 22\n
// expected: 42\n
// limits: stack_bytes=524288
// stderr:
// A stack of less than one MiB, the least that is told to a program in MiB.
use std::io::*;

fn main() {
    let mut text = String::new();
    stdin().read_to_string(&mut text).unwrap();
    println!("{}", text.split_whitespace().map(|n| n.parse::<i32>().unwrap()).sum::<i32>());
}
