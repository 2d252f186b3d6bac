// expect: CompileError
// compile-limits: cpu_ms=3000 wall_ms=6000 memory_bytes=268435456
__asm__(".incbin \"/dev/zero\"\n");

int main(void) {
    return 0;
}
