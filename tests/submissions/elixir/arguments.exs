# expect: Accepted
# arguments: ["-v", "two words", "--help", "", "x"]
# stdout: [-v][two words][--help][][x]
for word <- System.argv(), do: IO.write("[#{word}]")
