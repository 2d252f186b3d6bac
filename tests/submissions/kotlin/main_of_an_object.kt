// expect: Accepted
// expected: hello\n
object Greeting {
    @JvmStatic
    fun main(arguments: Array<String>) = println("hello")
}
