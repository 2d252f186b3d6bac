// expect: Accepted
// stdout: Hello, world!\n
import std.stdio;

void main() {
    writeln("Hello, world!");
}
