// expect: RuntimeError
// exit-code: 1
// stdin: x1\n
// reason-contains: std.conv.ConvException: Unexpected 'x' when converting from type string to type int, main.d line 9
import std.conv, std.stdio;

void main() {
    string line = readln();
    writeln(parse!int(line));
}
