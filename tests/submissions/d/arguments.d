// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
import std.stdio; void main(string[] words) { foreach (word; words[1 .. $]) writef("[%s]", word); }
