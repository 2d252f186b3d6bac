# expect: Accepted
# arguments: ["-v", "two words", "--help", "", "x"]
# stdout: [-v][two words][--help][][x]
print map { "[$_]" } @ARGV;
