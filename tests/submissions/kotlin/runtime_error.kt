// expect: RuntimeError
// exit-code: 1
// reason-contains: IndexOutOfBoundsException
// reason-contains: main.kt line 6
fun main() {
    println(listOf(1, 2, 3)[3])
}
