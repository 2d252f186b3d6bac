// expect: Accepted
// expected: child\nparent\n
fun main() {
    print(ProcessBuilder("echo", "child").start().inputStream.readAllBytes().decodeToString())
    println("parent")
}
