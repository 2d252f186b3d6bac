// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
for word in CommandLine.arguments.dropFirst() { print("[\(word)]", terminator: "") }
