// expect: Accepted
// expected: 5000050000\n
import std.stdio;

long depth(long n) {
    return n == 0 ? 0 : n + depth(n - 1);
}

void main() {
    writeln(depth(100_000));
}
