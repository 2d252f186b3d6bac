// expect: RuntimeError
// signal: SIGSEGV
// reason-contains: endless or too deep recursion
import std.stdio;
long f(long n) { return n < 0 ? 0 : n % 7 + 3 * f(n + 1); }
void main() { writeln(f(1)); }
