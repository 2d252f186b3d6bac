// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
import std.stdio;

void main() {
    int a, b;
    readf(" %d %d", a, b);
    writeln(a - b);
}
