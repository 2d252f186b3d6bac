// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
// entry-point: files.js
process.stdout.write(require("fs").readFileSync("data/note.txt"));
