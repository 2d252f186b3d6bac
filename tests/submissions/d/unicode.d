// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
import std.range, std.stdio, std.string;

void main() {
    writeln(readln().strip.retro);
}
