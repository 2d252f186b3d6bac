// expect: CompileError
// compile-limits: cpu_ms=5000 wall_ms=15000 memory_bytes=536870912
__asm__(".rept 2000000000\n.quad 0x6761766c\n.endr\n");

int main(void) {
    return 0;
}
