// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
// reason-contains: OutOfMemoryError: more memory was needed than is allowed
fun main() {
    val data = mutableListOf<ByteArray>()
    while (true) data.add(ByteArray(1 shl 20))
}
