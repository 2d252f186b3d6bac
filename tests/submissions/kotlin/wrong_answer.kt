// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
fun main() {
    val (a, b) = readln().split(" ").map { it.toInt() }
    println(a - b)
}
