// expect: CompileError
// compile-limits: cpu_ms=3000 wall_ms=12000 memory_bytes=536870912
import std.stdio;

int turns() {
    int n;
    while (n < 1000)
        n = (n + 1) % 1000;
    return n;
}

enum Turns = turns();

void main() {
    writeln(Turns);
}
