# expect: Accepted
# expected: from the file\n
# file: data/note.txt from the file\n
# entry-point: files.exs
IO.write(File.read!("data/note.txt"))
