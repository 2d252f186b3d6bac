// expect: RuntimeError
// exit-code: 1
// reason-contains: main.NoPrice: of tea, main.d line 8
class NoPrice : Exception {
    this(string name, string file = __FILE__, size_t line = __LINE__) { super("of " ~ name, file, line); }
}

void main() { throw new NoPrice("tea"); }
