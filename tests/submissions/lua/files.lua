-- expect: Accepted
-- expected: from the file\n
-- file: data/note.txt from the file\n
-- entry-point: files.lua
io.write(io.open("data/note.txt"):read("a"))
