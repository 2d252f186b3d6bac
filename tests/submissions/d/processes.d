// expect: Accepted
// expected: child\nparent\n
import std.process, std.stdio;

void main() {
    spawnProcess(["echo", "child"]).wait();
    writeln("parent");
}
