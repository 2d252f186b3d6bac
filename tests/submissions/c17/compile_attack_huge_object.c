// expect: CompileError
// compile-limits: cpu_ms=5000 wall_ms=15000
char block[1ul << 31] = {1};

int main(void) {
    return block[77];
}
