// expect: Accepted
// expected: 5000050000\n
fun depth(n: Int): Long = if (n == 0) 0 else n + depth(n - 1)

fun main() {
    println(depth(100_000))
}
