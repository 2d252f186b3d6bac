// expect: RuntimeError
// reason-contains: ReadAfterEOFException: EOF has already been reached, main.kt line 4
fun main() {
    println(readln().toInt())
}
