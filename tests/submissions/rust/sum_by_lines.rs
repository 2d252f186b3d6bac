// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
use std::io::stdin;

fn main() {
    let sum: i64 = stdin().lines().map(|line| line.unwrap().parse::<i64>().unwrap()).sum();
    println!("{sum}");
}
