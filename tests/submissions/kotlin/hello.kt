// expect: Accepted
// stdout: Hello, world!\n
fun main() {
    println("Hello, world!")
}
