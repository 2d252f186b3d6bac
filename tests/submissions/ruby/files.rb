# expect: Accepted
# expected: from the file\n
# file: data/note.txt from the file\n
# entry-point: files.rb
print File.read("data/note.txt")
