// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
fun main() {
    val words = generateSequence(::readLine).joinToString(" ").trim().split(Regex("\\s+"))
    println(words.sumOf { it.toInt() })
}
