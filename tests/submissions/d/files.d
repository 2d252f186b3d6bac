// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
import std.file, std.stdio;

void main() {
    write(readText("data/note.txt"));
}
