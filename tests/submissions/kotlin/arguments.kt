// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
fun main(args: Array<String>) {
    for (word in args) print("[$word]")
}
