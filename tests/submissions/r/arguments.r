# expect: Accepted
# arguments: ["-v", "two words", "--help", "", "x"]
# stdout: [-v][two words][--help][][x]
for (word in commandArgs(trailingOnly = TRUE)) cat("[", word, "]", sep = "")
