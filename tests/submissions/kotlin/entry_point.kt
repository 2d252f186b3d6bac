// expect: Accepted
// expected: the one that was asked for\n
// entry-point: entry_point.kt
// file: main.kt fun main() = println("another")\n
// file: shop/other.kt package shop\n\nfun main() = println("a third")\n
package asked.here

fun main(arguments: Array<String>) {
    println("the one that was asked for")
}
