// expect: RuntimeError
// exit-code: 1
// reason-contains: IndexOutOfBoundsException
fun main() {
    println(listOf(1, 2, 3)[3])
}
