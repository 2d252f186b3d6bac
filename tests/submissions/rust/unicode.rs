// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
use std::io::stdin;

fn main() {
    let line = stdin().lines().next().unwrap().unwrap();
    println!("{}", line.chars().rev().collect::<String>());
}
