# expect: Accepted
# expected: from the file\n
# file: data/note.txt from the file\n
cat(readLines("data/note.txt"), "\n", sep = "")
