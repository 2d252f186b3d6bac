// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
void main(String[] words) {
    for (String word : words) System.out.print("[" + word + "]");
}
