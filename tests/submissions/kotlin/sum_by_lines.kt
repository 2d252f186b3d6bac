// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
fun main() {
    println(readln().toInt() + readln().toInt())
}
