// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
fun main() {
    println(readln().reversed())
}
