// expect: OutputLimitExceeded
fun main() {
    val line = "x".repeat(65536)
    while (true) println(line)
}
