// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
fun main() {
    val data = mutableListOf<ByteArray>()
    while (true) data.add(ByteArray(1 shl 20))
}
