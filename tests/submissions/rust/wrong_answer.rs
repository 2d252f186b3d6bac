// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
use std::io::{Read, stdin};

fn main() {
    let mut text = String::new();
    stdin().read_to_string(&mut text).unwrap();
    println!("{}", text.len());
}
