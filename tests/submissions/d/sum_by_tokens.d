// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
import std.stdio;

void main() {
    int a, b;
    readf(" %d %d", a, b);
    writeln(a + b);
}
