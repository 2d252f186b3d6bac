// expect: CompileError
// log-contains: main.kt:4
fun main() {
    val x: Int = "text"
}
