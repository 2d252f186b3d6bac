// expect: Accepted
// expected: child\nparent\n
use std::process::Command;

fn main() {
    assert!(Command::new("echo").arg("child").status().unwrap().success());
    println!("parent");
}
