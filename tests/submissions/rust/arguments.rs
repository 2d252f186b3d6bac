// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
fn main() {
    for word in std::env::args().skip(1) {
        print!("[{word}]");
    }
}
