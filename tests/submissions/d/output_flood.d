// expect: OutputLimitExceeded
import std.array, std.stdio;

void main() {
    auto line = replicate("x", 65536);
    while (true) writeln(line);
}
