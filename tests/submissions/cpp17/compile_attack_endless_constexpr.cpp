// expect: CompileError
// log-contains: constexpr
// compile-limits: memory_bytes=536870912
constexpr long endless() {
    long turns = 0;
    while (turns >= 0) turns = (turns + 1) % 1000;
    return turns;
}

int main() {
    constexpr long turns = endless();
    return static_cast<int>(turns);
}
