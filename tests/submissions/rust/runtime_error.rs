// expect: RuntimeError
// exit-code: 101
// reason-contains: index out of bounds: the len is 3 but the index is 3
// reason-contains: main.rs line 7
fn main() {
    let values = vec![1, 2, 3];
    println!("{}", values[values.len()]);
}
