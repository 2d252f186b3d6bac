// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
import std.conv, std.stdio, std.string;

void main() {
    writeln(readln().strip.to!int + readln().strip.to!int);
}
