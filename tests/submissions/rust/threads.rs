// expect: Accepted
// expected: 4\n
use std::thread;

fn main() {
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(|| 1)).collect();
    println!("{}", threads.into_iter().map(|thread| thread.join().unwrap()).sum::<i32>());
}
