// expect: Accepted
// stdout: bounded\n
use std::process::Command;

fn main() {
    let mut children = Vec::new();
    while children.len() < 5000 {
        match Command::new("sleep").arg("60").spawn() {
            Ok(child) => children.push(child),
            Err(_) => {
                println!("bounded");
                break;
            }
        }
    }
    for mut child in children {
        child.kill().unwrap();
    }
}
