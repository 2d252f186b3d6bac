// expect: Accepted
// expected: 42\n
// file: shop/prices.kt package shop\n\nfun total(a: Int, b: Int) = a + b\n
import shop.total

fun main() {
    println(total(20, 22))
}
