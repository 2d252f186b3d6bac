// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
void main() {
    ubyte[][] data;
    for (;;) {
        data ~= new ubyte[1 << 20];
        data[$ - 1][] = 1;
    }
}
