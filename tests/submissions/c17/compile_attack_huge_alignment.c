// expect: CompileError
// compile-limits: cpu_ms=5000 wall_ms=15000
__asm__(".data\n.byte 1\n.p2align 31\n.byte 1\n.p2align 31\n.byte 2\n");

int main(void) {
    return 0;
}
