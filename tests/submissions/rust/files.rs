// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
fn main() {
    print!("{}", std::fs::read_to_string("data/note.txt").unwrap());
}
