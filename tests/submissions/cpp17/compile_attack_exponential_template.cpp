// expect: CompileError
// compile-limits: cpu_ms=4000 wall_ms=10000 memory_bytes=536870912
template <int Depth, typename Path>
struct Tree {
    struct Left {};
    struct Right {};
    static const long value = Tree<Depth - 1, Left>::value + Tree<Depth - 1, Right>::value;
};

template <typename Path>
struct Tree<0, Path> {
    static const long value = 1;
};

int main() {
    return static_cast<int>(Tree<40, int>::value);
}
