// expect: CompileError
// compile-limits: cpu_ms=3000 wall_ms=6000 memory_bytes=268435456
#include "/dev/random"

int main(void) {
    return 0;
}
